#include "Internal.h"

#include <itkN4BiasFieldCorrectionImageFilter.h>

CITKStatus citk_bias_field(const float *image, const uint8_t *mask, const int64_t *shape, const double *spacing,
                           const CITKBiasFieldSettings *settings, float *log_field) {
  return citk::guarded([&] {
    using Filter = itk::N4BiasFieldCorrectionImageFilter<citk::FloatImage, citk::MaskImage, citk::FloatImage>;
    auto filter = Filter::New();
    auto input = citk::image<citk::FloatImage>(image, shape, spacing);
    filter->SetInput(input);
    filter->SetMaskImage(citk::image<citk::MaskImage>(mask, shape, spacing));
    filter->SetNumberOfControlPoints(settings->control_points);
    filter->SetNumberOfFittingLevels(settings->levels);
    Filter::VariableSizeArrayType iterations(settings->levels);
    iterations.Fill(settings->iterations);
    filter->SetMaximumNumberOfIterations(iterations);
    filter->SetConvergenceThreshold(settings->convergence);
    filter->SetBiasFieldFullWidthAtHalfMaximum(settings->full_width_at_half_maximum);
    filter->SetWienerFilterNoise(settings->wiener_noise);
    filter->Update();
    auto field = filter->ReconstructBiasField(filter->GetLogBiasFieldControlPointLattice());
    citk::copy(field, log_field);
  });
}
