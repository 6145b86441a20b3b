// libFuzzer brings main(). A Swift executable would bring a second one, so this file is the program, and all it does is
// to have the Swift function linked that libFuzzer calls.
#include <stddef.h>
#include <stdint.h>

extern int LLVMFuzzerTestOneInput(const uint8_t *data, size_t count);

__attribute__((used)) static int (*const oneInput)(const uint8_t *, size_t) = LLVMFuzzerTestOneInput;
