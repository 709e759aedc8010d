// ITK as Debian builds it turns away every compiler but GCC, in generated headers that say what the compiler can do.
// Their guards keep them out; what the other headers take of them C++17 has.
#pragma once

#ifdef __linux__
#define ITK_COMPILER_DETECTION_H
#define ITK_COMPILER_CXX_STATIC_ASSERT 1
#define ITK_CONSTEXPR constexpr
#define ITK_NOEXCEPT noexcept
#define VXL_COMPILER_DETECTION_H
#define VXL_DEPRECATED_MSG(message) [[deprecated(message)]]
#endif
