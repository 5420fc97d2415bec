#pragma once
// Your layer of lesson 02. Check it with: ./learn check 02
// Lesson 02, poller: asks the kernel which descriptors are ready.
//
// Stands on nothing but epoll. Owns one epoll descriptor and a table of what is watched.
//  1. A descriptor is watched at most once; watching it again changes interest and data.
//  2. After forget(fd) no event of fd is seen, not even one that the current batch already holds.
//  3. wait() never comes back because of a signal, and never with an empty batch before its
//     timeout. An event of the batch may be an empty one, whose descriptor has been forgotten.
//  4. The Poller does not own the descriptors it watches: forget one before you close it. One that
//     was closed before, while a duplicate of it lives, is a ghost: the kernel goes on reporting
//     it. Its first event ends that.

#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <sys/epoll.h>
#include <unistd.h>

#include <aio/poller/sleep.hpp>
#include <aio/support/syscall.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* poller = __FILE__;  // which copy was compiled; the tests print it
}

/// What to be told about. `edge` reports a change once instead of a state again and again.
enum class Interest : std::uint8_t { none = 0, read = 1, write = 2, edge = 4 };

constexpr Interest operator|(Interest a, Interest b) {
  return static_cast<Interest>(static_cast<unsigned>(a) | static_cast<unsigned>(b));
}
constexpr Interest operator&(Interest a, Interest b) {
  return static_cast<Interest>(static_cast<unsigned>(a) & static_cast<unsigned>(b));
}
constexpr Interest operator~(Interest a) {
  return static_cast<Interest>(~static_cast<unsigned>(a) & 7U);
}

/// One ready descriptor. An event without any flag has been forgotten: skip it.
struct PollEvent {
  void* data = nullptr;   // what was given to watch()
  bool readable = false;  // a read will not block: data, or the end of the stream
  bool writable = false;  // a write will not block
  bool hangup = false;    // the other side is gone; reported without being asked for
  bool error = false;     // the descriptor has a pending error; reported without being asked for
  bool ended = false;     // nothing more will come to read; reported to Interest::edge only
  bool urgent = false;    // a read stops short of an urgent byte; reported to Interest::edge only
};

/// An epoll descriptor and what it watches. Move-only. A moved-from Poller may only be destroyed
/// or assigned to.
class Poller {
 public:
  /// Throws std::system_error when the kernel has no descriptor left.
  Poller();
  ~Poller();
  Poller(Poller&& other) noexcept;
  Poller& operator=(Poller&& other) noexcept;

  /// Watches `fd`, or changes what is watched. Throws std::system_error, e.g. for a closed
  /// descriptor (EBADF) or a regular file (EPERM).
  void watch(int fd, Interest interest, void* data);

  /// Stops watching `fd`. A descriptor that is not watched, or already closed, is no error.
  void forget(int fd);

  /// Sleeps until something is ready or the timeout has passed; no timeout: for ever; zero or
  /// less: not at all. The events are valid until the next call of wait().
  std::span<const PollEvent> wait(std::optional<std::chrono::nanoseconds> timeout);

  /// How many descriptors are watched.
  std::size_t watched() const { return watched_; }
  /// Was `fd` closed since it was watched? Its number may have been given to another since.
  bool lost(int fd) const;
  /// What the kernel said of event `i` of the last wait: its bits, and the descriptor.
  std::uint32_t bits(std::size_t i) const { return raw_[i].events; }
  int descriptor(std::size_t i) const;
  /// How many events have come of ghosts.
  std::size_t ghosts() const { return ghosts_; }

 private:
  struct Watch {
    void* data = nullptr;
    std::uint32_t generation = 0;  // one more when forgotten, or found closed
    bool active = false;
    Interest interest = Interest::none;
  };
  static constexpr std::size_t batch_size = 256;
  static std::vector<PollEvent> room_for_a_batch() {
    std::vector<PollEvent> events;
    events.reserve(batch_size);
    return events;
  }

  Watch find(int fd) const;
  void store(int fd, Watch watch);
  int wait_once(std::optional<std::chrono::nanoseconds> timeout);
  PollEvent translate(const epoll_event& raw);
  /// What an event of an earlier watch becomes: an empty one. Ends those events.
  PollEvent of_ghost();
  void lay_ghosts();
  static int control(int epoll, int call, int fd, const Watch& watch);

  int epoll_fd_ = -1;
  std::size_t watched_ = 0;
  std::vector<Watch> watches_;  // indexed by descriptor
  // What the kernel wrote in the last wait, and its translation: events_[i] belongs to raw_[i].
  std::vector<epoll_event> raw_ = std::vector<epoll_event>(batch_size);
  std::vector<PollEvent> events_ = room_for_a_batch();
  std::size_t ghosts_ = 0;
};

// Implementation

namespace detail {

/// A descriptor with its generation fits the 64 bits that epoll carries for us.
inline std::uint64_t pack(int fd, std::uint32_t generation) {
  return (std::uint64_t{generation} << 32) | static_cast<std::uint32_t>(fd);
}
inline int packed_fd(const epoll_event& raw) {
  return static_cast<int>(static_cast<std::uint32_t>(raw.data.u64));
}

inline std::uint32_t epoll_bits(Interest interest) {
  const auto wants = [interest](Interest bit) { return (interest & bit) != Interest::none; };
  std::uint32_t bits = 0;
  if (wants(Interest::read)) bits |= EPOLLIN;
  if (wants(Interest::write)) bits |= EPOLLOUT;
  if (wants(Interest::edge)) bits |= EPOLLET | EPOLLRDHUP | EPOLLPRI;
  return bits;
}

}  // namespace detail

inline int Poller::descriptor(std::size_t i) const { return detail::packed_fd(raw_[i]); }

//: 2.1 open an epoll descriptor
inline Poller::Poller() {
  AIO_TODO("2.1", "open an epoll descriptor");
}

//: 2.1 close it exactly once
inline Poller::~Poller() {
  // TODO 2.1: close it exactly once
}

inline Poller::Poller(Poller&& other) noexcept
    : epoll_fd_(std::exchange(other.epoll_fd_, -1)),
      watched_(std::exchange(other.watched_, 0)),
      watches_(std::move(other.watches_)),
      raw_(std::move(other.raw_)),
      events_(std::move(other.events_)),
      ghosts_(other.ghosts_) {}

inline Poller& Poller::operator=(Poller&& other) noexcept {
  std::swap(epoll_fd_, other.epoll_fd_);
  std::swap(watched_, other.watched_);
  std::swap(watches_, other.watches_);
  std::swap(raw_, other.raw_);
  std::swap(events_, other.events_);
  std::swap(ghosts_, other.ghosts_);
  return *this;
}

/// What the table says about `fd`; a Watch that is not active when it says nothing.
inline Poller::Watch Poller::find(int fd) const {
  const auto index = static_cast<std::size_t>(fd);  // a negative number becomes a huge one
  return index < watches_.size() ? watches_[index] : Watch{};
}

/// Notes `watch`. When there is no memory for it, throws, and the kernel does not watch `fd`
/// either.
inline void Poller::store(int fd, Watch watch) {
  const auto index = static_cast<std::size_t>(fd);
  try {
    if (index >= watches_.size()) watches_.resize(index + 1);
  } catch (...) {
    ::epoll_ctl(epoll_fd_, EPOLL_CTL_DEL, fd, nullptr);
    throw;
  }
  watches_[index] = watch;
}

//: 2.2 add a descriptor, or change one that is already watched
inline void Poller::watch(int fd, Interest interest, void* data) {
  AIO_TODO("2.2", "add a descriptor, or change one that is already watched");
}

//: 2.4 forget a descriptor, and its events of the batch that is being handled
inline void Poller::forget(int fd) {
  AIO_TODO("2.4", "forget a descriptor, and its events of the batch that is being handled");
}

//: 2.3 sleep until something is ready, a signal or not
inline std::span<const PollEvent> Poller::wait(std::optional<std::chrono::nanoseconds> timeout) {
  AIO_TODO("2.3", "sleep until something is ready, a signal or not");
}

//: 2.3 ask the kernel once, for at most this long
inline int Poller::wait_once(std::optional<std::chrono::nanoseconds> timeout) {
  AIO_TODO("2.3", "ask the kernel once, for at most this long");
}

//: 2.3 turn epoll's bits into a PollEvent, hangup and error included
inline PollEvent Poller::translate(const epoll_event& raw) {
  AIO_TODO("2.3", "turn epoll's bits into a PollEvent, hangup and error included");
}

}  // namespace aio

#include <aio/poller/ghosts.hpp>
