#include "Internal.h"

#include <itkCurvatureFlowImageFilter.h>

CITKStatus citk_curvature_flow(const float *image, const int64_t *shape, int32_t iterations, double time_step,
                               float *out) {
  return citk::guarded([&] {
    auto filter = itk::CurvatureFlowImageFilter<citk::FloatImage, citk::FloatImage>::New();
    const double voxel[] = {1, 1, 1};
    filter->SetInput(citk::image<citk::FloatImage>(image, shape, voxel));
    filter->SetNumberOfIterations(iterations);
    filter->SetTimeStep(time_step);
    filter->Update();
    citk::copy(filter->GetOutput(), out);
  });
}
