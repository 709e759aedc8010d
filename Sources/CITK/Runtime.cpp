#include "Internal.h"

#include <itkMultiThreaderBase.h>

#include <mutex>
#include <string>

namespace {
thread_local std::string lastMessage;
}

namespace citk {

void remember(const char *message) noexcept {
  try {
    lastMessage = message;
  } catch (...) {
    lastMessage.clear();
  }
}

void remember(const itk::ExceptionObject &error) noexcept {
  try {
    // "ITK ERROR: Class(0x55d0c8a3): text": the address would make equal failures differ.
    lastMessage = error.GetDescription();
    auto address = lastMessage.find("(0x");
    auto text = lastMessage.find("): ", address);
    if (address != std::string::npos && text != std::string::npos) lastMessage.erase(0, text + 3);
  } catch (...) {
    lastMessage.clear();
  }
}

void prepare() {
  static std::once_flag once;
  std::call_once(once, [] {
    itk::Object::SetGlobalWarningDisplay(false);
    // N4 adds up its sums in as many parts as there are threads.
    itk::MultiThreaderBase::SetGlobalDefaultNumberOfThreads(1);
  });
}

}  // namespace citk

const char *citk_error_message(void) { return lastMessage.c_str(); }
