// Images from plain memory, and the conversion of exceptions into a status.
#pragma once

#if !__has_include(<itkImage.h>)
#error "ITK's headers are missing: run Scripts/bootstrap, which installs them and links them into .deps/"
#endif

#include "Compiler.h"

#include <CSupport.h>
#include <itkImage.h>

#include <algorithm>

#include "include/CITK.h"

namespace citk {

using FloatImage = itk::Image<float, 3>;
using MaskImage = itk::Image<uint8_t, 3>;

// Turns off warnings on standard error and threads, once per process.
void prepare();
const char *reason(const itk::ExceptionObject &error);

template <typename Body>
CITKStatus guarded(Body &&body) noexcept {
  auto prepared = [&] {
    prepare();
    body();
  };
  return csupport::guarded(reason, prepared) ? CITK_OK : CITK_FAILED;
}

template <typename Image>
typename Image::Pointer image(const typename Image::PixelType *voxels, const int64_t *shape, const double *spacing) {
  auto image = Image::New();
  typename Image::SizeType size;
  std::copy(shape, shape + 3, size.begin());
  image->SetRegions(size);
  image->SetSpacing(spacing);
  image->Allocate();
  std::copy(voxels, voxels + image->GetPixelContainer()->Size(), image->GetBufferPointer());
  return image;
}

inline void copy(const FloatImage *image, float *out) {
  std::copy(image->GetBufferPointer(), image->GetBufferPointer() + image->GetPixelContainer()->Size(), out);
}

}  // namespace citk
