#pragma once
// One call of a test fails: an allocation, or a system call, as on a machine that is worn out. Each
// call that may fail asks whether it is the one; the injector counts them, and picks.
//
//   injector.begin(17, 0);  // the 17th call from here on fails, in the first of its ways
//   …
//   injector.end();

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <pthread.h>

namespace tests {

/// What one call does when it fails. `error` is for errno, or what the call returns instead.
struct Failure {
  const char* call = "";
  int error = 0;
  std::uint64_t place = 0;  // where; see places.hpp
};

/// Chooses the call that fails. One at a time; any thread may call failure().
class Injector {
 public:
  /// Counts calls, and notes in how many ways each may fail and, if asked for, where it is made.
  /// None fails.
  void begin_counting(bool with_places);
  /// From here on, call number `number` (from 0) fails in way `way`.
  void begin(std::size_t number, std::size_t way);
  /// The same for the first call that is made at `place`; slower.
  void begin_at(std::uint64_t place, std::size_t way);
  /// No call fails, and none is counted.
  void end() { counting_ = false; }

  /// For the calls: 0, or what this one fails with. `errors` are its ways.
  int failure(const char* call, std::span<const int> errors) noexcept;

  /// Whether this thread has called begin(): it runs the test.
  bool begun_here() const noexcept { return thread_ == ::pthread_self(); }
  /// The ways of each call counted so far.
  std::vector<std::uint8_t> ways() const;
  /// Where each of them was made.
  std::vector<std::uint64_t> places() const;
  std::size_t calls() const { return calls_; }
  /// What has failed; nothing when the test did not come so far.
  const Failure& failed() const { return failed_; }

 private:
  static constexpr std::size_t most = 1 << 20, none = SIZE_MAX;
  std::ptrdiff_t noted() const;

  std::atomic<bool> counting_ = false;
  std::atomic<std::size_t> calls_ = 0;
  pthread_t thread_{};
  const void* outermost_ = nullptr;  // on its stack, above the test
  std::size_t number_ = 0, way_ = 0;
  std::uint64_t place_ = 0;  // 0: the number is meant
  std::atomic<bool> found_ = false;
  bool noting_ = false, noting_places_ = false;
  Failure failed_{};
  std::array<std::uint8_t, most> ways_{};
  std::array<std::uint64_t, most> places_{};
};

extern Injector injector;

/// Exit status of a process in which a test has used what it had destroyed itself.
inline constexpr int own_fault = 24;

}  // namespace tests
