// The C ABI of ITK: everything Norma asks of it passes through this header.
//
// Images are Float32 and masks UInt8 (not 0 = set), x fastest; an affine is the three rows of voxel index to world
// millimetres, RAS+. Every call computes in the thread that makes it, as ITK's results change with its number of
// threads; calls may be made from several threads at once.
//
// No function throws or prints. Those returning CITKStatus leave their reason in citk_error_message().
#pragma once

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

typedef enum CITKStatus { CITK_OK, CITK_FAILED } CITKStatus;

// The reason of the last failure on this thread.
const char *citk_error_message(void);

typedef struct CITKBiasFieldSettings {
  // Along each axis, at the first level; every level doubles the mesh.
  int32_t control_points;
  int32_t levels;
  // At most so many at each level; fewer where the field changes by less than `convergence`.
  int32_t iterations;
  double convergence;
  // Of the Gaussian that blurs the histogram of log brightness.
  double full_width_at_half_maximum;
  double wiener_noise;
} CITKBiasFieldSettings;

// N4 (Tustison et al. 2010): the logarithm of the bias field on all `shape` voxels, fitted to those of the mask.
// `spacing` is in mm; brightness in the mask has to be positive.
CITKStatus citk_bias_field(const float *image, const uint8_t *mask, const int64_t *shape, const double *spacing,
                           const CITKBiasFieldSettings *settings, float *log_field);

// Smoothing along level surfaces (Sethian 1996), `time_step` for each of the iterations. Lengths are in voxels: in mm
// a step that is stable for one voxel size blows up at another.
CITKStatus citk_curvature_flow(const float *image, const int64_t *shape, int32_t iterations, double time_step,
                               float *out);

typedef struct CITKImage {
  const float *voxels;
  // Voxels that take part; null for all.
  const uint8_t *_Nullable mask;
  int64_t shape[3];
  double affine[12];
} CITKImage;

typedef enum CITKTransformKind { CITK_SIMILARITY, CITK_AFFINE } CITKTransformKind;

typedef struct CITKRegistrationSettings {
  CITKTransformKind kind;
  int32_t iterations;
  // Of the joint histogram, along each axis.
  int32_t bins;
  // Share of the fixed image's voxels that are compared, at points that the seed draws; 1 for all, at their centres.
  double sampling;
  uint32_t seed;
  // How far the first step moves a point at most, in mm; every turn of the gradient shortens steps to .6.
  double first_step;
  // Shorter steps, in units of the scaled parameters, end the search.
  double last_step;
} CITKRegistrationSettings;

// One stage of a registration by Mattes' mutual information, with regular steps along the gradient. `initial` and
// `result` take world millimetres of the fixed image to those of the moving one; a similarity has to start from one.
// `metric` is the negative mutual information at the last step.
CITKStatus citk_register(const CITKImage *fixed, const CITKImage *moving, const CITKRegistrationSettings *settings,
                         const double *initial, double *result, double *metric);

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
