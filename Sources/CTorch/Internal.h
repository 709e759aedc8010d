// The handles of the C ABI, and the conversion of exceptions into a status.
#pragma once

#if !__has_include(<ATen/ATen.h>)
#error "libtorch's headers are missing: run Scripts/bootstrap, which unpacks the engine into .deps/"
#endif

#include <ATen/core/Generator.h>
#include <ATen/core/Tensor.h>
#include <ATen/core/ivalue.h>
#include <CSupport.h>

#include "include/CTorch.h"

struct CTTensor {
  at::Tensor value;
};

struct CTGenerator {
  at::Generator value;
};

namespace ctorch {

inline const char *reason(const c10::Error &error) { return error.what_without_backtrace(); }

// Loads libtorch unless it is there; throws if it cannot be loaded. All that does not start from a tensor
// needs it.
void load_engine();

template <typename Body>
CTStatus guarded(Body &&body) noexcept {
  auto with_engine = [&] {
    load_engine();
    body();
  };
  return csupport::guarded(reason, with_engine) ? CT_OK : CT_FAILED;
}

template <typename Body>
auto unfailing(Body &&body) noexcept {
  load_engine();
  return body();
}

inline c10::Device device(CTDevice device) {
  return {static_cast<c10::DeviceType>(device.type), static_cast<c10::DeviceIndex>(device.index)};
}

inline std::vector<at::Tensor> tensors(const CTTensor *const *values, int64_t count) {
  std::vector<at::Tensor> list;
  list.reserve(count);
  for (int64_t i = 0; i < count; ++i) list.push_back(values[i]->value);
  return list;
}

template <typename Number>
constexpr bool same(int ours, Number theirs) {
  return ours == static_cast<int>(theirs);
}
static_assert(same(CT_UINT8, c10::ScalarType::Byte) && same(CT_INT32, c10::ScalarType::Int) &&
              same(CT_INT64, c10::ScalarType::Long) && same(CT_FLOAT16, c10::ScalarType::Half) &&
              same(CT_FLOAT32, c10::ScalarType::Float) && same(CT_FLOAT64, c10::ScalarType::Double) &&
              same(CT_BOOL, c10::ScalarType::Bool) && same(CT_BFLOAT16, c10::ScalarType::BFloat16));
static_assert(same(CT_CPU, c10::DeviceType::CPU) && same(CT_CUDA, c10::DeviceType::CUDA) &&
              same(CT_MPS, c10::DeviceType::MPS));
static_assert(same(CT_CONTIGUOUS, c10::MemoryFormat::Contiguous) &&
              same(CT_CHANNELS_LAST, c10::MemoryFormat::ChannelsLast));

}  // namespace ctorch
