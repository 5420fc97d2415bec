#pragma once
// What a crash is likely to come of, for the places in a test where a typical mistake crashes.

namespace tests {

/// While it lives, a crash or a hang is reported with this likely cause. One at a time.
class Suspicion {
 public:
  /// `likely_cause` is a literal: a handler of signals reads it.
  explicit Suspicion(const char* likely_cause);
  Suspicion(const Suspicion&) = delete;
  Suspicion& operator=(const Suspicion&) = delete;
  ~Suspicion();
};

/// The one that lives, or "".
const char* suspicion();

}  // namespace tests
