#pragma once
// Bad weather for sockets: recv() and send() of this process move less than asked, are interrupted,
// or say "not now", where the kernel itself would do so once in a million calls; and are counted.
//
//   tests::Weather weather;
//   weather.send_cuts = {3, 0};  // 3 bytes go out, then the kernel is full for a moment
//
// A call that is held back is followed by an event of epoll, as from the kernel.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <random>

namespace tests {

/// While it lives, sockets are as its members say. One at a time; on the thread that made it.
class Weather {
 public:
  Weather();
  /// Every call meets something drawn from `seed`.
  explicit Weather(std::uint32_t seed) : Weather() { random_.emplace(seed); }
  ~Weather();
  Weather(const Weather&) = delete;
  Weather& operator=(const Weather&) = delete;

  std::deque<std::size_t> send_cuts, receive_cuts;  // what the next calls move at most; 0: EAGAIN
  std::deque<int> accept_errors;                    // what the next accept4() fail with
  std::deque<int> bind_errors;                      // what the next bind() fail with; 0: it works
  std::size_t flood = 0;                            // so many bytes come first, from nowhere
  bool drain = false;                               // what is sent is gone
  int interrupt_each = 0;                           // every so many calls fail with EINTR; 0: none
  int receives = 0, sends = 0;                      // calls so far, whatever came of them
  int accepts = 0, registrations = 0;               // accept4(), epoll_ctl()

  /// For the calls: how much of `size` may be moved. 0: `errno` says why not.
  std::size_t meet(std::deque<std::size_t>& cuts, std::size_t size);

 private:
  std::size_t draw(std::size_t size);

  std::optional<std::mt19937> random_;
};

}  // namespace tests
