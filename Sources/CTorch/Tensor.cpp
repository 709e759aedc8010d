#include "Internal.h"

#include <ATen/ops/empty.h>

#include <cstring>

const char *ct_error_message(void) { return csupport::last_message(); }

CTStatus ct_tensor_create(const void *bytes, size_t byte_count, int32_t dtype, const int64_t *shape,
                          int64_t rank, CTDevice device, CTTensor **out) {
  return ctorch::guarded([&] {
    auto type = static_cast<c10::ScalarType>(dtype);
    at::Tensor tensor = at::empty(at::IntArrayRef(shape, rank), at::TensorOptions().dtype(type));
    TORCH_CHECK(tensor.nbytes() == byte_count, "the shape needs ", tensor.nbytes(), " bytes, not ", byte_count);
    if (byte_count > 0) std::memcpy(tensor.mutable_data_ptr(), bytes, byte_count);
    *out = new CTTensor{tensor.to(ctorch::device(device))};
  });
}

void ct_tensor_destroy(CTTensor *tensor) { delete tensor; }

int64_t ct_tensor_rank(const CTTensor *tensor) {
  return csupport::unfailing([&] { return tensor->value.dim(); });
}

void ct_tensor_shape(const CTTensor *tensor, int64_t *shape) {
  csupport::unfailing([&] {
    auto sizes = tensor->value.sizes();
    std::copy(sizes.begin(), sizes.end(), shape);
  });
}

int64_t ct_tensor_count(const CTTensor *tensor) {
  return csupport::unfailing([&] { return tensor->value.numel(); });
}

int32_t ct_tensor_dtype(const CTTensor *tensor) {
  return csupport::unfailing([&] { return static_cast<int32_t>(tensor->value.scalar_type()); });
}

CTDevice ct_tensor_device(const CTTensor *tensor) {
  return csupport::unfailing([&]() -> CTDevice {
    auto device = tensor->value.device();
    return {static_cast<int32_t>(device.type()), device.index()};
  });
}

int64_t ct_tensor_version(const CTTensor *tensor) {
  return csupport::unfailing([&] { return static_cast<int64_t>(tensor->value._version()); });
}

CTStatus ct_tensor_copy_bytes(const CTTensor *tensor, void *bytes, size_t byte_count) {
  return ctorch::guarded([&] {
    at::Tensor host = tensor->value.detach().to(at::kCPU).contiguous();
    TORCH_CHECK(host.nbytes() == byte_count, "the tensor has ", host.nbytes(), " bytes, not ", byte_count);
    if (byte_count > 0) std::memcpy(bytes, host.const_data_ptr(), byte_count);
  });
}
