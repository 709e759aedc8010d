#include "CImageIO.h"

#include <errno.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// The maximum expansion of one byte by deflate.
static const uint64_t maximum_inflation = 1032;

static void set_message(char *message, const char *text) {
  snprintf(message, CIMAGE_MESSAGE_CAPACITY, "%s", text);
}

static void on_error(png_structp png, png_const_charp text) {
  set_message(png_get_error_ptr(png), text);
  longjmp(png_jmpbuf(png), 1);
}

static void ignore_warning(png_structp png, png_const_charp text) {
  (void)png;
  (void)text;
}

static CImageStatus read_open_file(FILE *file, CImagePNG *image, int with_samples, char *message) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, message, on_error, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  png_bytep *volatile rows = NULL;
  volatile CImageStatus status = CIMAGE_CORRUPT;
  if (info == NULL) {
    png_destroy_read_struct(&png, NULL, NULL);
    return CIMAGE_NO_MEMORY;
  }
  if (setjmp(png_jmpbuf(png)) != 0) goto done;

  png_init_io(png, file);
  png_set_user_limits(png, 0x7fffffff, 0x7fffffff);  // the check below names the limit
  png_read_info(png, info);
  image->width = png_get_image_width(png, info);
  image->height = png_get_image_height(png, info);

  struct stat attributes;
  uint64_t stored = ((uint64_t)image->width * png_get_bit_depth(png, info) * png_get_channels(png, info) + 7) / 8 *
                    image->height;
  if (image->width > CIMAGE_PNG_MAX_DIMENSION || image->height > CIMAGE_PNG_MAX_DIMENSION ||
      fstat(fileno(file), &attributes) != 0 || stored > (uint64_t)attributes.st_size * maximum_inflation) {
    snprintf(message, CIMAGE_MESSAGE_CAPACITY, "%u x %u pixels", image->width, image->height);
    status = CIMAGE_TOO_LARGE;
    goto done;
  }

  png_set_expand(png);
  const uint16_t probe = 1;
  if (*(const uint8_t *)&probe == 1) png_set_swap(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
  image->bit_depth = png_get_bit_depth(png, info);
  image->channels = png_get_channels(png, info);

  if (with_samples) {
    size_t row_bytes = png_get_rowbytes(png, info);
    image->samples = malloc(row_bytes * image->height);
    rows = malloc(sizeof(png_bytep) * image->height);
    if (image->samples == NULL || rows == NULL) {
      status = CIMAGE_NO_MEMORY;
      goto done;
    }
    for (uint32_t row = 0; row < image->height; row++) rows[row] = image->samples + row * row_bytes;
    png_read_image(png, rows);
    png_read_end(png, NULL);
  }
  status = CIMAGE_OK;

done:
  png_destroy_read_struct(&png, &info, NULL);
  free(rows);
  if (status != CIMAGE_OK) {
    free(image->samples);
    image->samples = NULL;
  }
  return status;
}

static CImageStatus read_path(const char *path, CImagePNG *image, int with_samples, char *message) {
  memset(image, 0, sizeof *image);
  FILE *file = fopen(path, "rb");
  if (file == NULL) {
    set_message(message, strerror(errno));
    return CIMAGE_CANNOT_OPEN;
  }
  png_byte signature[8];
  size_t count = fread(signature, 1, sizeof signature, file);
  CImageStatus status = CIMAGE_NOT_PNG;
  if (count == sizeof signature && png_sig_cmp(signature, 0, sizeof signature) == 0) {
    rewind(file);
    status = read_open_file(file, image, with_samples, message);
  }
  fclose(file);
  return status;
}

CImageStatus cimage_png_read_header(const char *path, CImagePNG *image, char *message) {
  return read_path(path, image, 0, message);
}

CImageStatus cimage_png_read(const char *path, CImagePNG *image, char *message) {
  return read_path(path, image, 1, message);
}

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} Buffer;

static void append(png_structp png, png_bytep data, size_t count) {
  Buffer *buffer = png_get_io_ptr(png);
  if (buffer->count + count > buffer->capacity) {
    size_t capacity = (buffer->count + count) * 2;
    uint8_t *grown = realloc(buffer->bytes, capacity);
    if (grown == NULL) png_error(png, "out of memory");
    buffer->bytes = grown;
    buffer->capacity = capacity;
  }
  memcpy(buffer->bytes + buffer->count, data, count);
  buffer->count += count;
}

static void no_flush(png_structp png) { (void)png; }

CImageStatus cimage_png_encode(const CImagePNG *image, uint8_t **bytes, size_t *count, char *message) {
  Buffer buffer = {0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, message, on_error, ignore_warning);
  png_infop info = png ? png_create_info_struct(png) : NULL;
  if (info == NULL) {
    png_destroy_write_struct(&png, NULL);
    return CIMAGE_NO_MEMORY;
  }
  if (setjmp(png_jmpbuf(png)) != 0) {
    png_destroy_write_struct(&png, &info);
    free(buffer.bytes);
    return CIMAGE_CORRUPT;
  }
  png_set_write_fn(png, &buffer, append, no_flush);
  png_set_IHDR(png, info, image->width, image->height, image->bit_depth,
               image->channels == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB, PNG_INTERLACE_NONE,
               PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  const uint16_t probe = 1;
  if (*(const uint8_t *)&probe == 1) png_set_swap(png);
  size_t row_bytes = (size_t)image->width * image->channels * (image->bit_depth / 8);
  for (uint32_t row = 0; row < image->height; row++) png_write_row(png, image->samples + row * row_bytes);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, &info);
  *bytes = buffer.bytes;
  *count = buffer.count;
  return CIMAGE_OK;
}

void cimage_free(void *memory) { free(memory); }
