import CPNG

/// A picture of 8-bit sRGB, and its PNG.
struct Picture {
  /// Red, green and blue.
  static let channels = 3

  /// Pixels; at least 1.
  let width: Int
  /// Pixels; at least 1.
  let height: Int
  /// `width * height * 3` samples, the pixels row by row from the top.
  private(set) var samples: [UInt8]

  /// A black picture of a size within `Limits.pictureSide`.
  init(width: Int, height: Int) {
    self.width = width
    self.height = height
    samples = [UInt8](repeating: 0, count: width * height * Self.channels)
  }

  /// Decodes any PNG within `Limits.pictureSide` to 8-bit sRGB.
  ///
  /// Grey, palettes, 16 bits and other gammas are converted, and transparent parts are laid over white. `name` is what
  /// messages call the picture.
  init(png: [UInt8], named name: String) throws(PhotoError) {
    var image = png_image()
    defer { cpng_free(&image) }
    // The picture is decoded inside the closure because libpng keeps pointing at the bytes until then.
    let decoded = png.withUnsafeBytes { bytes -> Result<Picture, PhotoError> in
      guard cpng_open(&image, bytes.baseAddress, bytes.count) != 0 else { return .failure(notAPNG(name, &image)) }
      let width = Int(image.width)
      let height = Int(image.height)
      guard max(width, height) <= Limits.pictureSide else {
        return .failure(
          PhotoError(
            .pictureTooLarge, "\(name) has \(width) x \(height) pixels; the limit is \(Limits.pictureSide) a side.",
            hint: "Scale the picture down."))
      }
      var picture = Picture(width: width, height: height)
      guard cpng_read(&image, &picture.samples) != 0 else { return .failure(notAPNG(name, &image)) }
      return .success(picture)
    }
    self = try decoded.get()
  }

  /// The picture as a PNG.
  func png() throws(PhotoError) -> [UInt8] {
    var image = cpng_picture(UInt32(width), UInt32(height))
    defer { cpng_free(&image) }
    var done: Int32 = 0
    let limit = cpng_size_limit(&image)
    let bytes = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      var used = limit
      done = cpng_write(&image, buffer.baseAddress, &used, samples)
      count = done != 0 ? used : 0
    }
    guard done != 0 else {
      throw PhotoError(
        .writeFailed, "libpng cannot encode the picture: \(String(cString: cpng_message(&image))).",
        hint: "Check that there is enough memory.")
    }
    return bytes
  }

  /// The samples of a part of the picture, row by row; the area lies within the picture.
  func samples(in area: Area) -> [UInt8] {
    var part: [UInt8] = []
    part.reserveCapacity(area.width * area.height * Self.channels)
    for row in 0..<area.height { part += samples[range(ofRow: row, in: area)] }
    return part
  }

  /// Puts samples, row by row, over a part of the picture; there are as many as the area has.
  mutating func place(_ part: [UInt8], in area: Area) {
    let rowSamples = area.width * Self.channels
    for row in 0..<area.height {
      samples.replaceSubrange(range(ofRow: row, in: area), with: part[row * rowSamples..<(row + 1) * rowSamples])
    }
  }

  private func range(ofRow row: Int, in area: Area) -> Range<Int> {
    let start = ((area.y + row) * width + area.x) * Self.channels
    return start..<start + area.width * Self.channels
  }
}

/// A rectangle of a picture, in pixels from its top left corner.
struct Area: Equatable {
  let x: Int
  let y: Int
  let width: Int
  let height: Int
}

private func notAPNG(_ name: String, _ image: inout png_image) -> PhotoError {
  PhotoError(
    .notAPNG, "\(name) is not a PNG that libpng can read: \(String(cString: cpng_message(&image))).",
    hint: "Give a complete picture in the PNG format.")
}
