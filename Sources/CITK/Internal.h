// What the areas of the C ABI share: images out of plain memory, and the catch-all that turns exceptions into a status.
#pragma once

#if !__has_include(<itkImage.h>)
#error "ITK's headers are missing: run Scripts/bootstrap, which installs them and links them into .deps/"
#endif

#include "Compiler.h"

#include <itkImage.h>

#include <algorithm>

#include "include/CITK.h"

namespace citk {

using FloatImage = itk::Image<float, 3>;
using MaskImage = itk::Image<uint8_t, 3>;

void remember(const char *message) noexcept;
void remember(const itk::ExceptionObject &error) noexcept;
// Once a process: no warnings on standard error, no threads.
void prepare();

template <typename Body>
CITKStatus guarded(Body &&body) noexcept {
  try {
    prepare();
    body();
    return CITK_OK;
  } catch (const itk::ExceptionObject &error) {
    remember(error);
  } catch (const std::exception &error) {
    remember(error.what());
  } catch (...) {
    remember("an exception of unknown type");
  }
  return CITK_FAILED;
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
