#include "CSupport.h"

#include <cstring>

namespace {
constexpr std::size_t capacity = 2048;
thread_local char message[capacity] = "";
}  // namespace

void csupport::remember(const char *reason) noexcept { std::strncpy(message, reason, capacity - 1); }

const char *csupport::last_message() noexcept { return message; }
