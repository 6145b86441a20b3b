// The part of libpng's simplified API (png.h, "SIMPLIFIED API") that turns PNG bytes into 8-bit RGB and back.
// Only here because its formats and sizes are macros, and its message is an array, which Swift sees as a tuple.
#ifndef CPNG_SHIM_H
#define CPNG_SHIM_H

#include <png.h>
#include <string.h>

// Reads the header of a PNG in memory. `bytes` must stay until `cpng_read` or `cpng_free`. Returns 0 on an error.
static inline int cpng_open(png_image *image, const void *bytes, size_t count) {
  memset(image, 0, sizeof *image);
  image->version = PNG_IMAGE_VERSION;
  return png_image_begin_read_from_memory(image, bytes, count);
}

// Decodes an opened picture into width * height * 3 bytes, transparent parts over white. Returns 0 on an error.
static inline int cpng_read(png_image *image, void *pixels) {
  const png_color white = {255, 255, 255};
  image->format = PNG_FORMAT_RGB;
  return png_image_finish_read(image, &white, pixels, 0, NULL);
}

// Describes a picture of 8-bit RGB that is to be written.
static inline png_image cpng_picture(png_uint_32 width, png_uint_32 height) {
  png_image image;
  memset(&image, 0, sizeof image);
  image.version = PNG_IMAGE_VERSION;
  image.width = width;
  image.height = height;
  image.format = PNG_FORMAT_RGB;
  return image;
}

// The most bytes the PNG of `image` can take. libpng counts in 32 bits: right up to 35,000 x 35,000 pixels of RGB.
static inline size_t cpng_size_limit(const png_image *image) { return PNG_IMAGE_PNG_SIZE_MAX(*image); }

// Encodes into `*count` bytes of memory; `*count` becomes the bytes used. Returns 0 on an error.
static inline int cpng_write(png_image *image, void *bytes, size_t *count, const void *pixels) {
  png_alloc_size_t used = *count;
  int done = png_image_write_to_memory(image, bytes, &used, 0, pixels, 0, NULL);
  *count = used;
  return done;
}

// What libpng said last about `image`.
static inline const char *cpng_message(const png_image *image) { return image->message; }

static inline void cpng_free(png_image *image) { png_image_free(image); }

#endif
