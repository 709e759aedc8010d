#include "Internal.h"

#include <itkMultiThreaderBase.h>

#include <cstring>
#include <mutex>

namespace citk {

const char *reason(const itk::ExceptionObject &error) {
  // "ITK ERROR: Class(0x55d0c8a3): text": the address would make equal failures differ.
  const char *description = error.GetDescription();
  const char *address = std::strstr(description, "(0x");
  const char *end = address == nullptr ? nullptr : std::strstr(address, "): ");
  return end == nullptr ? description : end + 3;
}

void prepare() {
  static std::once_flag once;
  std::call_once(once, [] {
    itk::Object::SetGlobalWarningDisplay(false);
    // N4 splits its sums by thread, so the result depends on the number of threads.
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
  });
}

}  // namespace citk

const char *citk_error_message(void) { return csupport::last_message(); }
