#include "Internal.h"

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <c10/core/CPUAllocator.h>
#include <dlfcn.h>
#include <torch/csrc/inductor/aoti_torch/c/shim.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif

#include <string>

void ctorch::load_engine() {
#ifdef __linux__
  // A release build of the command does not name libtorch among its libraries, so that it starts at once; the
  // functions that it calls are found when they are first called, after this.
  static const bool loaded = [] {
    if (dlopen("libtorch_cpu.so", RTLD_LAZY | RTLD_GLOBAL) == nullptr) throw std::runtime_error(dlerror());
    return true;
  }();
  (void)loaded;
#endif
}

uint64_t ct_version(void) { return ctorch::unfailing([] { return aoti_torch_abi_version(); }); }

int32_t ct_threads(void) { return ctorch::unfailing([] { return at::get_num_threads(); }); }

CTStatus ct_set_threads(int32_t count) {
  return ctorch::guarded([&] { at::set_num_threads(count); });
}

CTStatus ct_device_count(int32_t device_type, int32_t *count) {
  return ctorch::guarded([&] {
    *count = 0;
    if (device_type == CT_CPU) *count = 1;
    if (device_type == CT_CUDA && at::hasCUDA()) *count = at::detail::getCUDAHooks().deviceCount();
    if (device_type == CT_MPS && at::hasMPS()) *count = 1;
  });
}

bool ct_has_onednn(void) { return ctorch::unfailing([] { return at::hasMKLDNN(); }); }

bool ct_onednn_has_bfloat16(void) {
  return ctorch::unfailing([] {
    auto question = c10::Dispatcher::singleton().findSchema({"mkldnn::_is_mkldnn_bf16_supported", ""});
    return question.has_value() && question->typed<bool()>().call();
  });
}

CTStatus ct_load_library(const char *file_name) {
  return ctorch::guarded([&] {
    Dl_info engine = {};
    dladdr(reinterpret_cast<const void *>(&c10::GetCPUAllocator), &engine);
    std::string path = engine.dli_fname;
    path = path.substr(0, path.rfind('/') + 1) + file_name;
    // The library's operators register themselves with the dispatcher; the handle stays open for the
    // process's life.
    if (dlopen(path.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) throw std::runtime_error(dlerror());
  });
}

void ct_configure_allocator(void) {
#ifdef __GLIBC__
  // By default glibc returns every large activation to the kernel, and the page faults then cost more than
  // the arithmetic. Memory is kept only by the main arena, so all threads share it.
  constexpr int neverTrim = -1;
  constexpr int growBy = 256 << 20;
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_MMAP_MAX, 0);
  mallopt(M_TRIM_THRESHOLD, neverTrim);
  mallopt(M_TOP_PAD, growBy);
#endif
}

void ct_release_free_memory(void) {
#ifdef __GLIBC__
  malloc_trim(0);
#endif
}
