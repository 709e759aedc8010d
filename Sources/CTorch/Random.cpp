#include "Internal.h"

#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>

CTStatus ct_generator_create(uint64_t seed, CTDevice device, CTGenerator **out) {
  return ctorch::guarded([&] {
    auto place = ctorch::device(device);
    auto generator = place.is_cpu() ? at::detail::createCPUGenerator()
                                    : at::globalContext()
                                          .getAcceleratorHooksInterface(place.type())
                                          .getNewGenerator(place.index());
    generator.set_current_seed(seed);
    *out = new CTGenerator{std::move(generator)};
  });
}

void ct_generator_destroy(CTGenerator *generator) { delete generator; }

CTStatus ct_generator_state(CTGenerator *generator, CTTensor **out) {
  return ctorch::guarded([&] {
    std::lock_guard<std::mutex> lock(generator->value.mutex());
    *out = new CTTensor{generator->value.get_state()};
  });
}

CTStatus ct_generator_set_state(CTGenerator *generator, const CTTensor *state) {
  return ctorch::guarded([&] {
    std::lock_guard<std::mutex> lock(generator->value.mutex());
    generator->value.set_state(state->value);
  });
}
