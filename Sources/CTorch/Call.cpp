#include "Internal.h"

#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>

#include <string>

struct CTCall {
  std::string name;
  std::vector<c10::IValue> stack;
  std::vector<at::Tensor> results;
};

namespace {

c10::OperatorHandle find(const std::string &name) {
  auto dot = name.find('.');
  auto base = name.substr(0, dot);
  if (base.find("::") == std::string::npos) base = "aten::" + base;
  auto overload = dot == std::string::npos ? std::string() : name.substr(dot + 1);
  return c10::Dispatcher::singleton().findSchemaOrThrow(base.c_str(), overload.c_str());
}

CTStatus add(CTCall *call, c10::IValue value) noexcept {
  return ctorch::guarded([&] { call->stack.push_back(std::move(value)); });
}

}  // namespace

CTCall *ct_call_create(const char *operator_name) {
  CTCall *call = nullptr;
  ctorch::guarded([&] { call = new CTCall{operator_name, {}, {}}; });
  return call;
}

void ct_call_destroy(CTCall *call) { delete call; }

CTStatus ct_call_add_none(CTCall *call) { return add(call, {}); }

CTStatus ct_call_add_tensor(CTCall *call, const CTTensor *value) { return add(call, value->value); }

CTStatus ct_call_add_tensors(CTCall *call, const CTTensor *const *values, int64_t count) {
  return ctorch::guarded([&] { call->stack.emplace_back(ctorch::tensors(values, count)); });
}

CTStatus ct_call_add_bool(CTCall *call, bool value) { return add(call, value); }

CTStatus ct_call_add_int(CTCall *call, int64_t value) { return add(call, value); }

CTStatus ct_call_add_ints(CTCall *call, const int64_t *values, int64_t count) {
  return ctorch::guarded([&] { call->stack.emplace_back(at::IntArrayRef(values, count)); });
}

CTStatus ct_call_add_double(CTCall *call, double value) { return add(call, value); }

CTStatus ct_call_add_numbers(CTCall *call, const double *values, int64_t count) {
  return ctorch::guarded([&] {
    c10::impl::GenericList list(c10::OptionalType::create(c10::NumberType::get()));
    for (int64_t i = 0; i < count; ++i) list.push_back(values[i]);
    call->stack.emplace_back(std::move(list));
  });
}

CTStatus ct_call_add_string(CTCall *call, const char *value) {
  return ctorch::guarded([&] { call->stack.emplace_back(std::string(value)); });
}

CTStatus ct_call_add_device(CTCall *call, CTDevice value) { return add(call, ctorch::device(value)); }

CTStatus ct_call_add_generator(CTCall *call, const CTGenerator *value) { return add(call, value->value); }

CTStatus ct_call_run(CTCall *call, int64_t *result_count) {
  return ctorch::guarded([&] {
    auto handle = find(call->name);
    handle.schema().checkAndNormalizeInputs(call->stack);
    handle.callBoxed(call->stack);
    for (auto &value : call->stack) {
      if (value.isTensor()) {
        call->results.push_back(value.toTensor());
      } else {
        for (auto &tensor : value.toTensorVector()) call->results.push_back(tensor);
      }
    }
    *result_count = static_cast<int64_t>(call->results.size());
  });
}

CTStatus ct_call_result(const CTCall *call, int64_t index, CTTensor **out) {
  return ctorch::guarded([&] { *out = new CTTensor{call->results.at(index)}; });
}
