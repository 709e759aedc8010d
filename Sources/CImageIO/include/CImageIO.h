// PNG through libpng's classic API, whose longjmp stays inside C, and zlib's gz streams.
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <zlib.h>

#ifdef __cplusplus
extern "C" {
#endif

#define CIMAGE_PNG_MAX_DIMENSION 16384u
#define CIMAGE_MESSAGE_CAPACITY 256

typedef enum {
  CIMAGE_OK = 0,
  CIMAGE_CANNOT_OPEN,  // message: the system's error text
  CIMAGE_NOT_PNG,
  CIMAGE_TOO_LARGE,    // a side above CIMAGE_PNG_MAX_DIMENSION, or more pixels than the file can contain
  CIMAGE_CORRUPT,      // message: libpng's error text
  CIMAGE_NO_MEMORY
} CImageStatus;

// Samples are interleaved, row 0 first; 16-bit samples are in the machine's byte order.
// After reading, palettes are expanded to RGB, greys below 8 bit to 8 bit, transparency to an alpha channel:
// channels is 1 (grey), 2 (grey, alpha), 3 (RGB) or 4 (RGB, alpha).
typedef struct {
  uint32_t width, height;
  uint8_t bit_depth, channels;
  uint8_t *_Nullable samples;
} CImagePNG;

// Both readers fill `message` (CIMAGE_MESSAGE_CAPACITY bytes) when the status is not CIMAGE_OK.
CImageStatus cimage_png_read_header(const char *_Nonnull path, CImagePNG *_Nonnull image, char *_Nonnull message);
CImageStatus cimage_png_read(const char *_Nonnull path, CImagePNG *_Nonnull image, char *_Nonnull message);

// Encodes 1 (grey) or 3 (RGB) channels into memory that the caller releases with cimage_free.
CImageStatus cimage_png_encode(const CImagePNG *_Nonnull image, uint8_t *_Nullable *_Nonnull bytes,
                               size_t *_Nonnull count, char *_Nonnull message);

void cimage_free(void *_Nullable memory);

#ifdef __cplusplus
}
#endif
