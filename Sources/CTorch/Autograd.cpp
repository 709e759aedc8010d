#include "Internal.h"

#include <ATen/autocast_mode.h>
#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

bool ct_tensor_requires_gradient(const CTTensor *tensor) {
  return csupport::unfailing([&] { return tensor->value.requires_grad(); });
}

CTStatus ct_tensor_set_requires_gradient(CTTensor *tensor, bool required) {
  return ctorch::guarded([&] { tensor->value.requires_grad_(required); });
}

CTTensor *ct_tensor_gradient(const CTTensor *tensor) {
  return csupport::unfailing([&] {
    const at::Tensor &gradient = tensor->value.grad();
    return gradient.defined() ? new CTTensor{gradient} : nullptr;
  });
}

CTStatus ct_tensor_clear_gradient(CTTensor *tensor) {
  return ctorch::guarded([&] { tensor->value.mutable_grad().reset(); });
}

CTStatus ct_backward(const CTTensor *tensor) {
  return ctorch::guarded([&] { torch::autograd::backward({tensor->value}, {}); });
}

CTStatus ct_gradients(const CTTensor *output, const CTTensor *const *inputs, int64_t count, bool create_graph,
                      CTTensor **out) {
  return ctorch::guarded([&] {
    bool retain_graph = create_graph, allow_unused = true;
    auto gradients = torch::autograd::grad({output->value}, ctorch::tensors(inputs, count), {}, retain_graph,
                                           create_graph, allow_unused);
    for (int64_t i = 0; i < count; ++i) {
      out[i] = gradients[i].defined() ? new CTTensor{gradients[i]} : nullptr;
    }
  });
}

bool ct_gradients_enabled(void) { return csupport::unfailing(c10::GradMode::is_enabled); }

void ct_set_gradients_enabled(bool enabled) {
  csupport::unfailing([&] { c10::GradMode::set_enabled(enabled); });
}

void ct_autocast_begin(int32_t device_type) {
  ctorch::unfailing([&] {
    auto device = static_cast<c10::DeviceType>(device_type);
    at::autocast::set_autocast_dtype(device, c10::ScalarType::BFloat16);
    at::autocast::set_autocast_enabled(device, true);
    at::autocast::increment_nesting();
  });
}

bool ct_autocast_enabled(int32_t device_type) {
  return ctorch::unfailing(
      [&] { return at::autocast::is_autocast_enabled(static_cast<c10::DeviceType>(device_type)); });
}

void ct_autocast_end(int32_t device_type) {
  csupport::unfailing([&] {
    // The optimiser changes the weights between scopes, so the cast weights are kept for one scope only.
    if (at::autocast::decrement_nesting() == 0) {
      at::autocast::clear_cache();
      at::autocast::set_autocast_enabled(static_cast<c10::DeviceType>(device_type), false);
    }
  });
}
