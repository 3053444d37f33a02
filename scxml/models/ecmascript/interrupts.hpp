// interrupts.hpp: ends scripts soon. QuickJS asks its interrupt handler only once in thousands of calls and turns of
// loops; what must end now cannot wait for that.
#pragma once

#include <cstdint>

#include "scxml/models/ecmascript/js.hpp"

namespace chainring::scxml::ecmascript {

class interrupts {
 public:
  /// `must_end` is asked with `opaque` now and then while scripts run; true ends the script with an exception that it
  /// cannot catch. False: memory is short.
  bool install(JSContext* context, bool (*must_end)(void*), void* opaque);

  /// Makes the very next call or turn of a loop ask. May be called from anywhere, also inside an allocation. Takes a
  /// fraction of a millisecond.
  void hasten() noexcept;

  void uninstall() noexcept { nothing_.reset(); }

 private:
  static int handle(JSRuntime*, void* self);
  void call_nothing() noexcept;

  JSContext* context_ = nullptr;
  bool (*must_end_)(void*) = nullptr;
  void* opaque_ = nullptr;
  owned nothing_;            // a function that does nothing
  std::uint32_t period_ = 0; // calls from one question to the next
  bool counting_ = false;    // calls are made only to be counted
  bool asked_ = false;
};

} // namespace chainring::scxml::ecmascript
