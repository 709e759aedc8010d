#include "Internal.h"

#include <itkAffineTransform.h>
#include <itkEuler3DTransform.h>
#include <itkImageMaskSpatialObject.h>
#include <itkImageRegistrationMethodv4.h>
#include <itkMattesMutualInformationImageToImageMetricv4.h>
#include <itkRegistrationParameterScalesFromPhysicalShift.h>
#include <itkRegularStepGradientDescentOptimizerv4.h>
#include <itkSimilarity3DTransform.h>

namespace {

using Metric = itk::MattesMutualInformationImageToImageMetricv4<citk::FloatImage, citk::FloatImage>;
using Optimizer = itk::RegularStepGradientDescentOptimizerv4<double>;

// -1 for an axis that points the other way in ITK's world, which is LPS+.
double sign(int axis) { return axis < 2 ? -1 : 1; }

template <typename Image>
typename Image::Pointer place(const typename Image::PixelType *voxels, const CITKImage &given) {
  double spacing[3];
  typename Image::DirectionType direction;
  typename Image::PointType origin;
  for (int column = 0; column < 3; ++column) {
    const double *affine = given.affine + column;
    spacing[column] = std::sqrt(affine[0] * affine[0] + affine[4] * affine[4] + affine[8] * affine[8]);
    for (int row = 0; row < 3; ++row) direction(row, column) = sign(row) * affine[4 * row] / spacing[column];
  }
  for (int row = 0; row < 3; ++row) origin[row] = sign(row) * given.affine[4 * row + 3];
  auto image = citk::image<Image>(voxels, given.shape, spacing);
  image->SetDirection(direction);
  image->SetOrigin(origin);
  return image;
}

itk::ImageMaskSpatialObject<3>::Pointer region(const CITKImage &image) {
  auto region = itk::ImageMaskSpatialObject<3>::New();
  region->SetImage(place<citk::MaskImage>(image.mask, image));
  region->Update();
  return region;
}

// The transform rotates and scales about the middle of the fixed image, where its parameters are least
// coupled.
template <typename Transform>
typename Transform::Pointer transform(const double *rows, const citk::FloatImage *fixed) {
  typename Transform::MatrixType matrix;
  typename Transform::OffsetType offset;
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      matrix(row, column) = sign(row) * sign(column) * rows[4 * row + column];
    }
    offset[row] = sign(row) * rows[4 * row + 3];
  }
  itk::ContinuousIndex<double, 3> middle;
  auto size = fixed->GetLargestPossibleRegion().GetSize();
  for (int axis = 0; axis < 3; ++axis) middle[axis] = (size[axis] - 1) / 2.0;
  auto transform = Transform::New();
  transform->SetCenter(fixed->TransformContinuousIndexToPhysicalPoint<double, double>(middle));
  transform->SetMatrix(matrix);
  transform->SetOffset(offset);
  return transform;
}

template <typename Transform>
void rows(const Transform *transform, double *rows) {
  for (int row = 0; row < 3; ++row) {
    for (int column = 0; column < 3; ++column) {
      rows[4 * row + column] = sign(row) * sign(column) * transform->GetMatrix()(row, column);
    }
    rows[4 * row + 3] = sign(row) * transform->GetOffset()[row];
  }
}

template <typename Transform>
double optimize(const CITKImage &fixed, const CITKImage &moving, const CITKRegistrationSettings &settings,
                const double *initial, double *result) {
  auto fixedImage = place<citk::FloatImage>(fixed.voxels, fixed);
  auto movingImage = place<citk::FloatImage>(moving.voxels, moving);

  auto metric = Metric::New();
  metric->SetNumberOfHistogramBins(settings.bins);
  metric->SetUseFixedImageGradientFilter(false);
  metric->SetUseMovingImageGradientFilter(false);
  // The metric sums its derivative in the order in which its threads finish: only one thread is reproducible.
  metric->SetMaximumNumberOfWorkUnits(1);
  if (fixed.mask != nullptr) metric->SetFixedImageMask(region(fixed));
  if (moving.mask != nullptr) metric->SetMovingImageMask(region(moving));

  auto scales = itk::RegistrationParameterScalesFromPhysicalShift<Metric>::New();
  scales->SetMetric(metric);
  auto optimizer = Optimizer::New();
  optimizer->SetScalesEstimator(scales);
  optimizer->SetDoEstimateLearningRateOnce(true);
  optimizer->SetMaximumStepSizeInPhysicalUnits(settings.first_step);
  optimizer->SetNumberOfIterations(settings.iterations);
  optimizer->SetRelaxationFactor(0.6);
  optimizer->SetMinimumStepLength(settings.last_step);
  optimizer->SetNumberOfWorkUnits(1);

  using Method = itk::ImageRegistrationMethodv4<citk::FloatImage, citk::FloatImage, Transform>;
  auto method = Method::New();
  method->SetFixedImage(fixedImage);
  method->SetMovingImage(movingImage);
  method->SetMetric(metric);
  method->SetOptimizer(optimizer);
  method->SetNumberOfLevels(1);
  typename Method::ShrinkFactorsArrayType shrinkFactors(1);
  shrinkFactors.Fill(1);
  method->SetShrinkFactorsPerLevel(shrinkFactors);
  typename Method::SmoothingSigmasArrayType sigmas(1);
  sigmas.Fill(0);
  method->SetSmoothingSigmasPerLevel(sigmas);
  if (settings.sampling < 1) {
    method->SetMetricSamplingStrategy(Method::MetricSamplingStrategyEnum::REGULAR);
    method->SetMetricSamplingPercentage(settings.sampling);
    method->MetricSamplingReinitializeSeed(settings.seed);
  }
  auto start = transform<Transform>(initial, fixedImage);
  method->SetInitialTransform(start);
  method->InPlaceOn();
  method->Update();
  rows(method->GetTransform(), result);
  return optimizer->GetValue();
}

}  // namespace

CITKStatus citk_register(const CITKImage *fixed, const CITKImage *moving, const CITKRegistrationSettings *settings,
                         const double *initial, double *result, double *metric) {
  return citk::guarded([&] {
    auto stage = settings->kind == CITK_RIGID        ? optimize<itk::Euler3DTransform<double>>
                 : settings->kind == CITK_SIMILARITY ? optimize<itk::Similarity3DTransform<double>>
                                                     : optimize<itk::AffineTransform<double, 3>>;
    *metric = stage(*fixed, *moving, *settings, initial, result);
  });
}
