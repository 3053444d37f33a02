// sanitized.hpp: is this build slowed down by a sanitizer? Bounds on time, and sizes of loads, ask.
#pragma once

namespace chainring::tests {

#if defined(__SANITIZE_THREAD__)
inline constexpr bool under_thread_sanitizer = true, under_sanitizer = true;
#elif defined(__SANITIZE_ADDRESS__)
inline constexpr bool under_thread_sanitizer = false, under_sanitizer = true;
#else
inline constexpr bool under_thread_sanitizer = false, under_sanitizer = false;
#endif

} // namespace chainring::tests
