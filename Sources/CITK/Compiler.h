// Debian's ITK rejects every compiler but GCC, in generated headers that describe the compiler. Their include
// guards skip them; C++17 has what the other headers need from them.
#pragma once

#ifdef __linux__
#define ITK_COMPILER_DETECTION_H
#define ITK_COMPILER_CXX_STATIC_ASSERT 1
#define ITK_CONSTEXPR constexpr
#define ITK_NOEXCEPT noexcept
#define VXL_COMPILER_DETECTION_H
#define VXL_DEPRECATED_MSG(message) [[deprecated(message)]]
#endif
