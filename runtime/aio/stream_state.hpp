#pragma once
// Lesson 12, stream_state: a connected socket, a buffer for each direction, and who waits for them.
//
// Stands on tasks (07) and on the loop's attach(): one registration, edge-triggered, for both
// directions.
//  1. A system call is tried first; only one that would block waits. What is known to block is not
//     tried: after a short read the next edge is awaited.
//  2. Bytes come in when somebody reads. If nobody does, the kernel's window stops the other side.
//  3. A byte that has come in stays in the buffer until a read returns it, whoever is cancelled.
//  4. Bytes go out at once and in order. What the kernel does not take waits in the buffer.
//  5. A connection that failed is closed. What had come in is read first, and then every read
//     throws the error. A drain() throws it at once.
//  6. The state outlives its Stream only to send what a close() left.
//  7. Whoever reads or writes much, and never has to wait, makes way once for the others. drain()
//     is asyncio's: it goes on as long as there is room.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <sys/socket.h>

#include <aio/read_request.hpp>
#include <aio/stream/dropped_writes.hpp>
#include <aio/stream/event.hpp>
#include <aio/stream/keeper.hpp>
#include <aio/stream/loop_socket.hpp>
#include <aio/stream/options.hpp>
#include <aio/stream/parked_task.hpp>
#include <aio/stream/reader.hpp>
#include <aio/stream/rescue.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* stream_state = __FILE__;  // which copy was compiled; tests print it
}

namespace detail {

/// A socket, its buffers, and who waits for it. As a Ready, it reads on where it stopped.
class StreamState final : public LoopSocket, public Link<ServedTag> {
 public:
  StreamState(EventLoop& loop, UniqueFd fd, const StreamOptions& options);
  ~StreamState() override { shut_down(); }

  bool has_reader() const { return reader_ != nullptr; }
  /// Whether `request` has a result now; reads what the kernel has.
  bool try_read(ReadRequest& request);
  /// The same, for a task that goes on at once if it has; false when it has to make way.
  bool try_at_once(ReadRequest& request);
  std::string take(ReadRequest& request);
  void start_reading(Reader& reader);
  void stop_reading() { reader_ = nullptr; }
  bool at_eof() const { return ended_ && in_.empty(); }
  bool has_input() const { return !in_.empty(); }

  void write(std::string_view data);
  /// The same; if memory runs out, the connection has failed.
  void put(std::string_view data) {
    stint.moved(data.size());
    guarded([this, data] { write(data); });
  }
  void write_eof();
  std::size_t unsent() const { return out_.size(); }
  void set_marks(std::size_t high, std::size_t low) {
    options.high = high, options.low = low;
    wake_drained();
  }

  void close();
  void abort();
  /// The connection has failed; returns whether anything had come in.
  bool break_off(int error) {
    fail({error, std::generic_category()});
    return !in_.empty();
  }
  /// The Stream goes: what was not close()d is closed now.
  void drop() noexcept;
  bool closing() const { return closing_; }
  bool connecting() const { return connecting_; }
  /// Output was dropped.
  bool aborted() const { return aborted_; }
  std::error_code error() const { return error_; }

  List<ParkedTask>& waiting(StreamEvent event);
  /// The socket is not connected yet: it is, or failed to be, at the next event.
  void set_connecting() { connecting_ = true; }

  void set_keeper(Ref<StreamKeeper> keeper) { keeper_ = std::move(keeper); }

  StreamOptions options;

 private:
  void on_event(const PollEvent& event) override;
  void on_error() override;
  void on_turn() override { feed_reader(); }
  void evict() noexcept override { shut_down(); }
  void read_once(std::size_t most);
  void look_for_more();
  void feed_reader();
  void read_on_later();
  std::size_t send_some(std::string_view data);
  void flush();
  void wake_drained();
  void finish_output();
  void end_reading();
  void fail(std::error_code error) override;
  void shut_down() noexcept;

  ByteBuffer in_, out_;
  Reader* reader_ = nullptr;  // who reads: parked, or woken and not yet back
  List<ParkedTask> drains_, flushes_, closes_, connects_;
  std::error_code error_;
  Ref<StreamKeeper> keeper_;
  Ref<StreamState> self_;    // set while it sends what a close() left
  bool readable_ = true;     // a read may succeed: it is not known to block
  bool ended_ = false;       // the end of the stream has been read, or reading was ended
  bool connecting_ = false;  // connect() has not finished
  bool eof_asked_ = false;   // write_eof() was called
  bool closing_ = false;     // close() or abort() was called
  bool aborted_ = false;     // output was dropped
  DroppedWrites dropped_writes_;
};

// Implementation

inline StreamState::StreamState(EventLoop& loop, UniqueFd fd, const StreamOptions& chosen)
    : LoopSocket(loop, std::move(fd)), options(chosen) {
  options.check();
}

//: 12.4 note what the kernel reports, and serve who waits for it
inline void StreamState::on_event(const PollEvent& event) {
  const bool broken = event.hangup || event.error;
  if (event.readable || event.ended || broken) readable_ = true;
  if (event.ended || event.hangup) no_more_ = true;
  if (event.writable || broken) {
    connecting_ = false;
    wake_all(connects_);
    if (!out_.empty()) flush();
  }
  feed_reader();
}

/// Whoever waits for the end hears of it, though nobody reads or writes.
inline void StreamState::on_error() {
  if (connecting_) return;  // who connects will ask
  if (const int error = socket_error(fd())) fail({error, std::generic_category()});
}

//: 12.3 read until the request has a result or the kernel has no more
inline bool StreamState::try_read(ReadRequest& request) {
  constexpr int turns = 16;  // then the others: a fast sender must not keep the loop
  for (int turn = 0; turn < turns; ++turn) {
    if (error_ || request.satisfied(in_, ended_, options.limit)) return true;
    if (!readable_) return false;
    read_once(request.most(options.limit));
  }
  return false;
}

//: 12.3 one system call, for `most` bytes in the buffer; a short read means no more now
inline void StreamState::read_once(std::size_t most) {
  static thread_local const auto room = std::make_unique<std::array<char, 64 * 1024>>();
  const std::size_t asked = std::min(room->size(), most - in_.size());
  const ssize_t count = receive(room->data(), asked);
  if (count > 0) {
    const auto got = static_cast<std::size_t>(count);
    in_.append({room->data(), got});
    if (got < asked && !no_more_) readable_ = false;
  } else if (count == 0) {
    ended_ = true;
  } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
    readable_ = false;
  } else if (errno != EINTR) {
    fail(std::error_code(errno, std::generic_category()));
  }
}

inline void StreamState::feed_reader() {
  if (reader_ == nullptr || reader_->woken()) return;
  if (!try_read(reader_->request())) return read_on_later();
  if (reader_ != nullptr) reader_->wake();  // it may have been cancelled, by who listens for an end
}

/// Nobody will report what has been reported already.
inline void StreamState::read_on_later() {
  if (readable_) ask_for_a_turn();
}

/// A fast sender must not keep the loop: what comes next is read in another turn.
inline bool StreamState::try_at_once(ReadRequest& request) {
  if (readable_ && must_make_way()) return false;  // start_reading() queues what reads on
  const std::size_t before = in_.size();
  bool result = true;  // if it fails: take() tells
  guarded([&] {
    if (readable_ && request.takes_more_than(in_)) look_for_more();
    result = try_read(request);
  });
  if (in_.size() > before) stint.moved(in_.size() - before);
  return result;
}

/// Asks the kernel once, for one byte more than the buffer has, and takes all that it gives.
[[gnu::noinline]] inline void StreamState::look_for_more() {
  ReadRequest more(ReadRequest::Kind::exactly, in_.size() + 1);
  try_read(more);
}

inline void StreamState::start_reading(Reader& reader) {
  reader_ = &reader;
  stint.begin();
  read_on_later();
}

inline std::string StreamState::take(ReadRequest& request) {
  if (error_ && !request.satisfied(in_, false, options.limit)) {
    throw std::system_error(error_, "read");
  }
  return request.take(in_, options.limit);
}

//: 12.5 send now what the kernel takes, in order; keep the rest
inline void StreamState::write(std::string_view data) {
  if (eof_asked_) throw InvalidStateError("write: write_eof() has been called on this stream");
  if (data.empty()) return;
  if (gone()) return dropped_writes_.note(loop(), error_);
  if (out_.empty()) data.remove_prefix(send_some(data));
  if (!gone()) out_.append(data);
}

//: 12.5 send until everything is out or the kernel takes no more; say how much it took
inline std::size_t StreamState::send_some(std::string_view data) {
  std::size_t sent = 0;
  while (sent < data.size()) {
    const std::string_view rest = data.substr(sent);
    const ssize_t count = transmit(rest);
    if (count >= 0) {
      sent += static_cast<std::size_t>(count);
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      break;
    } else if (errno != EINTR) {
      fail(std::error_code(errno, std::generic_category()));
      break;
    }
  }
  return sent;
}

//: 12.5 there is room again: send what waits, and wake who waits for that
inline void StreamState::flush() {
  const std::size_t sent = send_some(out_.view());
  if (gone()) return;
  out_.drop(sent);
  wake_drained();
  if (out_.empty()) finish_output();
}

//: 12.5 few enough bytes are left, or none
inline void StreamState::wake_drained() {
  if (out_.size() <= options.low) wake_all(drains_);
  if (out_.empty()) wake_all(flushes_);
}

/// Everything is sent: what was asked for meanwhile is done.
inline void StreamState::finish_output() {
  if (eof_asked_ && !gone()) ::shutdown(fd_.get(), SHUT_WR);
  if (closing_ || (eof_asked_ && is_pipe())) shut_down();
}

//: 12.6 half-close, once everything is sent
inline void StreamState::write_eof() {
  if (std::exchange(eof_asked_, true) || closing_ || gone()) return;
  if (out_.empty()) finish_output();
}

//: 12.6 no more reading; gone when everything is sent
inline void StreamState::close() {
  if (std::exchange(closing_, true) || gone()) return;
  end_reading();
  if (out_.empty() || loop() == nullptr || loop()->is_closed()) return shut_down();
  self_ = Ref<StreamState>(this);
  loop()->admit(*this);
}

inline void StreamState::end_reading() {
  ended_ = true;
  if (reader_ != nullptr) reader_->wake();
}

//: 12.6 gone now
inline void StreamState::abort() {
  if (gone()) return;
  const linger reset{.l_onoff = 1, .l_linger = 0};
  ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
  closing_ = true;
  shut_down();
}

inline void StreamState::drop() noexcept {
  if (!closing_) shut_down();
}

//: 12.6 remember the error, for whoever asks from now on
inline void StreamState::fail(std::error_code error) {
  error_ = error;
  shut_down();
}

/// Closes the descriptor, and tells everybody. What came in before an error can still be read;
/// unless memory has run out, for then some bytes are missing before it.
inline void StreamState::shut_down() noexcept {
  if (gone()) return;
  if (error_ && !closing_ && error_ != std::errc::not_enough_memory) rescue_input(fd(), in_);
  const Ref<StreamState> released = std::exchange(self_, nullptr);  // ends last
  fd_.close();
  Ready::unlink();
  Resident::unlink();
  aborted_ = !out_.empty();
  out_.clear();
  readable_ = false;
  end_reading();
  for (auto* waiting : {&drains_, &flushes_, &closes_, &connects_}) wake_all(*waiting);
  if (keeper_) std::exchange(keeper_, nullptr)->gone(*this);
  if (error_ && end_listener != nullptr) end_listener->ended();  // who may let go of the stream
}

inline List<ParkedTask>& StreamState::waiting(StreamEvent event) {
  if (event == StreamEvent::drained) return drains_;
  if (event == StreamEvent::flushed) return flushes_;
  return event == StreamEvent::connected ? connects_ : closes_;
}

}  // namespace detail
}  // namespace aio
