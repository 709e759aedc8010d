// Exceptions of C++ libraries must not unwind into Swift: they end here and leave a message.
#pragma once

#include <exception>

namespace csupport {

// Stores the reason of the last failure on this thread, cut to 2047 bytes.
void remember(const char *message) noexcept;
// The stored reason; empty before the first failure on this thread.
const char *last_message() noexcept;

// Runs `body` and returns whether it completed. `reason` takes the message out of an error of the library's
// own type.
template <typename LibraryError, typename Body>
bool guarded(const char *(*reason)(const LibraryError &), Body &&body) noexcept {
  try {
    body();
    return true;
  } catch (const LibraryError &error) {
    remember(reason(error));
  } catch (const std::exception &error) {
    remember(error.what());
  } catch (...) {
    remember("an exception of unknown type");
  }
  return false;
}

// Runs a body that cannot fail for valid arguments; an exception ends the process.
template <typename Body>
auto unfailing(Body &&body) noexcept {
  return body();
}

}  // namespace csupport
