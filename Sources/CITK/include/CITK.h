// The C ABI of ITK: all calls from Norma to ITK pass through this header.
//
// Images are Float32 and masks UInt8 (set where not 0), x fastest. An affine is the three rows of the map
// from voxel indices to world millimetres, RAS+. Every call computes on the calling thread, because ITK's
// results depend on the number of threads; several threads may call at once.
//
// No function throws or prints. Functions that return CITKStatus leave the reason of a failure in
// citk_error_message().
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
  // The number along each axis at the first level; every level doubles the B-spline mesh.
  int32_t control_points;
  int32_t levels;
  // The maximum per level; a level ends when the field changes by less than `convergence`.
  int32_t iterations;
  double convergence;
  // The width of the Gaussian that blurs the histogram of log intensities.
  double full_width_at_half_maximum;
  double wiener_noise;
} CITKBiasFieldSettings;

// N4 (Tustison et al. 2010, doi:10.1109/TMI.2010.2046908): the logarithm of the bias field at all `shape`
// voxels, fitted within the mask. `spacing` is in mm; intensities within the mask must be positive.
CITKStatus citk_bias_field(const float *image, const uint8_t *mask, const int64_t *shape, const double *spacing,
                           const CITKBiasFieldSettings *settings, float *log_field);

// Smoothing along level sets (Sethian 1999) with a fixed time step per iteration. Lengths are in voxels: a
// time step in mm that is stable for one voxel size is unstable for another.
CITKStatus citk_curvature_flow(const float *image, const int64_t *shape, int32_t iterations, double time_step,
                               float *out);

typedef struct CITKImage {
  const float *voxels;
  // The voxels that take part; null for all.
  const uint8_t *_Nullable mask;
  int64_t shape[3];
  double affine[12];
} CITKImage;

typedef enum CITKTransformKind { CITK_RIGID, CITK_SIMILARITY, CITK_AFFINE } CITKTransformKind;

typedef struct CITKRegistrationSettings {
  CITKTransformKind kind;
  int32_t iterations;
  // The number along each axis of the joint histogram.
  int32_t bins;
  // The fraction of the fixed image's voxels that are sampled, at points drawn with the seed; 1 for all voxel
  // centres.
  double sampling;
  uint32_t seed;
  // The maximum displacement of a point in the first step, in mm. Every reversal of the gradient shortens the
  // steps to 60 %.
  double first_step;
  // The step length below which the search ends, in units of the scaled parameters.
  double last_step;
} CITKRegistrationSettings;

// One stage of a registration: regular-step gradient descent on Mattes' mutual information (Mattes et al.
// 2003, doi:10.1109/TMI.2003.809072). `initial` and `result` map world millimetres of the fixed image to
// those of the moving image; a rigid map must start from a rigid one, a similarity from a similarity. `metric` is
// the negative mutual
// information of the last step.
CITKStatus citk_register(const CITKImage *fixed, const CITKImage *moving, const CITKRegistrationSettings *settings,
                         const double *initial, double *result, double *metric);

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
