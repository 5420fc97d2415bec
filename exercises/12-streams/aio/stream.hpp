#pragma once
// Your layer of lesson 12. Check it with: ./learn check 12
// Lesson 12, stream: a connected socket as bytes in order.
//
// Stands on tasks (07) and on the loop's attach(): one registration, edge-triggered, for both
// directions.
//  1. A system call is tried first; only one that would block waits. What is known to block is not
//     tried: after a short read the next edge is awaited.
//  2. Bytes come in when somebody reads. Nobody reads: the kernel's window stops the other side.
//  3. A byte that has come in stays in the buffer until a read returns it, whoever is cancelled.
//  4. Bytes go out at once, in order; what the kernel does not take waits in the buffer.
//  5. A connection that failed is closed; its error goes to every read and drain from then on.
//  6. The state outlives its Stream only to flush what a close() left.
//  7. Who reads or write_all()s much without ever having to wait makes way once for whatever else
//     is ready. drain() is asyncio's: it goes on as long as there is room.

#include <algorithm>
#include <array>
#include <cerrno>
#include <coroutine>
#include <cstddef>
#include <exception>
#include <initializer_list>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>

#include <aio/support/errors.hpp>
#include <aio/support/list.hpp>
#include <aio/support/pool.hpp>
#include <aio/support/ref.hpp>
#include <aio/support/syscall.hpp>
#include <aio/task.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* stream = __FILE__;  // which copy was compiled; the tests print it
}

/// How a stream buffers. `limit` is how long a line (or what comes before another separator) may
/// be; drain() waits above `high` bytes of output until no more than `low` are left.
struct StreamOptions {
  StreamOptions() {}
  explicit StreamOptions(std::size_t longest) : limit(longest) {}
  std::size_t limit = 64 * 1024;
  std::size_t high = 64 * 1024;
  std::size_t low = 16 * 1024;

  /// Throws std::invalid_argument for marks that contradict each other.
  void check() const {
    if (low > high) throw std::invalid_argument("StreamOptions: low is above high");
  }
};

namespace detail {

/// Bytes that come in at the back and leave at the front.
class ByteBuffer {
 public:
  bool empty() const { return start_ == bytes_.size(); }
  std::size_t size() const { return bytes_.size() - start_; }
  std::string_view view() const { return std::string_view(bytes_).substr(start_); }
  void append(std::string_view more);
  /// Takes the first `count` bytes out. REQUIRES: count <= size()
  std::string take(std::size_t count);
  void drop(std::size_t count);
  void clear() { *this = ByteBuffer(); }

 private:
  std::string bytes_;
  std::size_t start_ = 0;  // what is before it has left
};

/// A task that is parked in a list until somebody wakes it.
class ParkedTask : public Waiter, public Link<> {
 public:
  explicit ParkedTask(const char* what) : what_(what) {}
  void park_in(List<ParkedTask>& list, std::coroutine_handle<> leaf);
  /// REQUIRES: parked.
  void wake();
  bool cancel() override;
  std::string what() const override { return what_; }
  /// Called when the task goes on: throws CancelledError if it was cancelled.
  void check();

 protected:
  ~ParkedTask() = default;

 private:
  const char* what_;
  TaskBase* task_ = nullptr;
  bool cancelled_ = false;
};

class StreamState;

/// What a task may wait for besides bytes.
enum class StreamEvent : unsigned char { drained, flushed, closed, connected };

/// What a read may end with.
struct Separators : RefCounted {
  /// Throws std::invalid_argument when there is none, or an empty one.
  explicit Separators(std::vector<std::string> separators);

  const std::vector<std::string> all;
  std::size_t longest = 0;
};

/// What a read asks for, and whether the buffer has it.
class ReadRequest {
 public:
  enum class Kind : unsigned char { some, exactly, all, until, line };
  ReadRequest(Kind kind, std::size_t count);
  ReadRequest(Kind kind, Ref<Separators> separators)
      : kind_(kind), separators_(std::move(separators)) {}
  ReadRequest(Kind kind, std::vector<std::string> separators)
      : ReadRequest(kind, Ref(new Separators(std::move(separators)))) {}
  /// A line. All lines share their separator.
  static ReadRequest line();

  /// Whether a result can be taken: the bytes, the end, or an error.
  bool satisfied(const ByteBuffer& in, bool ended, std::size_t limit);
  /// How much the buffer may hold for it: twice the limit, and more only when it asks for more.
  std::size_t most(std::size_t limit) const;
  /// Takes the result out. REQUIRES: satisfied().
  std::string take(ByteBuffer& in, std::size_t limit);

 private:
  bool find(const ByteBuffer& in);
  std::size_t before_separator(const ByteBuffer& in) const;
  std::string take_until(ByteBuffer& in, std::size_t limit);

  static constexpr std::size_t npos = std::string_view::npos;
  Kind kind_;
  std::size_t count_ = 0;
  Ref<Separators> separators_;  // null for a read that counts
  std::size_t searched_ = 0;    // no separator ends within the first so many bytes
  std::size_t found_ = npos;    // where the first separator begins,
  std::size_t end_ = npos;      // and where it ends
};

/// Who keeps account of a stream: the server that accepted it.
class StreamKeeper : public RefCounted {
 public:
  virtual ~StreamKeeper() = default;
  virtual void gone(StreamState& stream) noexcept = 0;
};

struct ServedTag {};
class ReadAwaiter;

/// A socket, its buffers, and who waits for it. As a Ready, it reads on where it stopped.
class StreamState final : public RefCounted,
                          public Pooled,
                          public EventSink,
                          public Ready,
                          public Resident,
                          public Link<ServedTag> {
 public:
  StreamState(EventLoop& loop, UniqueFd fd, const StreamOptions& options);
  ~StreamState();

  /// Throws InvalidStateError when somebody reads already.
  void check_reader() const;
  /// Throws std::logic_error for a task of another loop: nobody would wake it.
  void check_home(const TaskBase& task) const;
  /// Whether `request` has a result now; reads what the kernel has.
  bool try_read(ReadRequest& request);
  /// The same, for a task that goes on at once if it has; false when it has to make way.
  bool try_at_once(ReadRequest& request);
  std::string take(ReadRequest& request);
  void start_reading(ReadAwaiter& reader);
  void stop_reading() { reader_ = nullptr; }
  bool at_eof() const { return ended_ && in_.empty(); }

  void write(std::string_view data);
  void write_eof();
  std::size_t unsent() const { return out_.size(); }
  void set_marks(std::size_t high, std::size_t low) {
    options.high = high;
    options.low = low;
    wake_drained();
  }

  void close();
  void abort();
  /// The Stream goes: what was not close()d is closed now.
  void drop() noexcept;
  bool gone() const { return !fd_; }
  bool closing() const { return closing_; }

  bool has_happened(StreamEvent event) const;
  /// So much was moved at once that the others have their turn first.
  bool must_make_way() const { return at_once_ >= a_turn && !gone(); }
  /// Notes that so many bytes were moved. A small call costs as much as the bytes of a page.
  void moved_at_once(std::size_t count) { at_once_ += std::max<std::size_t>(count, 4096); }
  /// The loop has had a turn, or is about to.
  void new_turn() { at_once_ = 0; }
  List<ParkedTask>& waiting(StreamEvent event);
  void throw_error(StreamEvent event, bool late) const;
  /// The socket is not connected yet: it is, or failed to be, at the next event.
  void set_connecting() { connecting_ = true; }

  void set_keeper(Ref<StreamKeeper> keeper) { keeper_ = std::move(keeper); }
  EventLoop* loop() const { return anchor_->loop; }
  int fd() const { return fd_.get(); }
  std::string describe() const override { return "a stream"; }

  StreamOptions options;

 private:
  static void deliver_event(EventSink& sink, EventLoop& loop, PollEvent event);
  void on_event(const PollEvent& event);
  void run() override;
  void evict() noexcept override { shut_down(); }
  void read_once(std::size_t most);
  void feed_reader();
  void go_on_later();
  void note_dropped();
  std::size_t send_some(std::string_view data);
  void flush();
  void wake_drained();
  void finish_output();
  void end_reading();
  void fail(std::error_code error);
  void shut_down() noexcept;

  UniqueFd fd_;
  Ref<LoopAnchor> anchor_;
  ByteBuffer in_, out_;
  ReadAwaiter* reader_ = nullptr;  // who reads: parked, or woken and not yet back
  List<ParkedTask> drains_, flushes_, closes_, connects_;
  std::error_code error_;
  Ref<StreamKeeper> keeper_;
  Ref<StreamState> self_;    // set while it sends what a close() left
  bool readable_ = true;     // a read may succeed: it is not known to block
  bool no_more_ = false;     // a short read is not the last: the end follows, or something urgent
  bool ended_ = false;       // the end of the stream has been read, or reading was ended
  bool connecting_ = false;  // connect() has not finished
  bool eof_asked_ = false;   // write_eof() was called
  bool closing_ = false;     // close() or abort() was called
  bool aborted_ = false;     // output was dropped
  unsigned char dropped_writes_ = 0;
  static constexpr std::size_t a_turn = 256 * 1024;
  std::size_t at_once_ = 0;  // bytes moved in one turn, as far as the stream can tell
};

/// Parks the current task until its request has a result.
class ReadAwaiter final : public Waiter {
 public:
  ReadAwaiter(Ref<StreamState> stream, ReadRequest request)
      : stream_(std::move(stream)), request_(std::move(request)) {}
  ReadAwaiter(const ReadAwaiter&) = delete;
  ReadAwaiter& operator=(const ReadAwaiter&) = delete;
  ~ReadAwaiter() { leave(); }

  bool await_ready();
  void await_suspend(std::coroutine_handle<> leaf);
  std::string await_resume();
  bool cancel() override;
  std::string what() const override { return "bytes to read"; }
  ReadRequest& request() { return request_; }
  /// The request has a result. Idempotent: an error tells it, and so does who met the error.
  void wake();
  bool woken() const { return woken_; }

 private:
  void leave() {
    if (task_ != nullptr && !std::exchange(left_, true)) stream_->stop_reading();
  }

  Ref<StreamState> stream_;
  ReadRequest request_;
  TaskBase* task_ = nullptr;  // who waits, if the buffer had no result
  bool woken_ = false, cancelled_ = false, left_ = false;
};

/// Parks the current task until a StreamEvent.
class StreamWaiter final : public ParkedTask {
 public:
  StreamWaiter(Ref<StreamState> stream, StreamEvent event)
      : ParkedTask(name_of(event)), stream_(std::move(stream)), event_(event) {}
  bool await_ready() const { return stream_->has_happened(event_) && !makes_way(); }
  void await_suspend(std::coroutine_handle<> leaf);
  void await_resume() {
    check();
    stream_->throw_error(event_, late_);
  }

 private:
  static const char* name_of(StreamEvent event);
  bool makes_way() const {
    const bool sent = event_ == StreamEvent::flushed && stream_->unsent() == 0;
    return sent && stream_->must_make_way();
  }

  Ref<StreamState> stream_;
  StreamEvent event_;
  bool late_ = true;  // it had happened before it was asked for
};

}  // namespace detail

/// What the reading members of Stream return: await it for the bytes.
class [[nodiscard("co_await it")]] Read {
 public:
  Read(Ref<detail::StreamState> stream, detail::ReadRequest request)
      : stream_(std::move(stream)), request_(std::move(request)) {}
  detail::ReadAwaiter operator co_await()&& { return {std::move(stream_), std::move(request_)}; }

 private:
  Ref<detail::StreamState> stream_;
  detail::ReadRequest request_;
};

/// What drain(), write_all() and wait_closed() return: await it.
class [[nodiscard("co_await it")]] StreamWait {
 public:
  StreamWait(Ref<detail::StreamState> stream, detail::StreamEvent event)
      : stream_(std::move(stream)), event_(event) {}
  detail::StreamWaiter operator co_await()&& { return {std::move(stream_), event_}; }

 private:
  Ref<detail::StreamState> stream_;
  detail::StreamEvent event_;
};

/// A connected stream of bytes. Move-only; destroyed without close(), it closes at once, and what
/// waits in its buffer is lost. After an error of the connection every read, drain() and
/// wait_closed() throws it (std::system_error). One task reads at a time: a second one gets
/// InvalidStateError. Throws InvalidStateError when it was moved from.
class Stream {
 public:
  static constexpr std::size_t npos = std::string_view::npos;

  /// Takes a connected, non-blocking socket over. Throws std::invalid_argument if it blocks,
  /// std::logic_error when no loop runs.
  static Stream adopt(UniqueFd socket, const StreamOptions& options = StreamOptions());
  explicit Stream(Ref<detail::StreamState> state) : state_(std::move(state)) {}
  Stream(Stream&& other) noexcept : state_(std::exchange(other.state_, nullptr)) {}
  Stream& operator=(Stream&& other) noexcept {
    std::swap(state_, other.state_);
    return *this;
  }
  ~Stream() {
    if (state_) state_->drop();
  }

  // ── reading ──

  /// What has come, at least one byte; empty at the end of the stream.
  Read read(std::size_t at_most = npos) { return ask(Kind::some, at_most); }
  /// Everything until the end of the stream.
  Read read_all() { return ask(Kind::all, 0); }
  /// Throws IncompleteReadError when the stream ends before, std::invalid_argument for a number
  /// that was negative.
  Read read_exactly(std::size_t count) { return ask(Kind::exactly, count); }
  /// Up to and including the separator. Throws LimitOverrunError when more than the limit comes
  /// before it (all of it can still be read), IncompleteReadError when the stream ends before.
  Read read_until(std::string_view separator) { return read_until({separator}); }
  /// The same with the separator that ends first.
  Read read_until(std::initializer_list<std::string_view> separators);
  /// Up to and including '\n'; at the end of the stream the rest, then empty. A line that is too
  /// long is thrown away with LimitOverrunError.
  Read read_line() { return line_of(ref()); }
  /// The next line as read_line() gives it; nothing at the end of the stream.
  Coro<std::optional<std::string>> next_line() { return next_line(state_); }
  /// The end has been read, and everything before it.
  bool at_eof() const { return state().at_eof(); }

  // ── writing ──

  /// Sends what the kernel takes and copies the rest. Dropped once the connection is closed or
  /// lost; throws InvalidStateError after write_eof().
  void write(std::string_view data) {
    state().moved_at_once(data.size());
    state().write(data);
  }
  /// Waits while there is more to send than the high-water mark, until it is down to the low one.
  /// Who has sent much at once lets the others have a turn.
  StreamWait drain() { return {ref(), detail::StreamEvent::drained}; }
  /// Writes now; await it until the kernel has taken everything.
  StreamWait write_all(std::string_view data);
  /// Ends the outgoing direction once everything is sent. Idempotent.
  void write_eof() { state().write_eof(); }
  /// Bytes that wait to be sent.
  std::size_t unsent() const { return state().unsent(); }
  /// The marks of drain(); one alone gives the other by a factor of 4. Throws
  /// std::invalid_argument for low > high.
  void set_write_limits(std::optional<std::size_t> high, std::optional<std::size_t> low = {});

  // ── closing ──

  /// Ends reading now, and the connection when everything is sent. Idempotent.
  void close() { state().close(); }
  /// Ends the connection now; drops what is unsent, and lets the other side know (RST).
  void abort() { state().abort(); }
  bool is_closing() const { return state().closing() || state().gone(); }
  /// Waits until the descriptor is closed. Throws the error that the connection had.
  StreamWait wait_closed() { return {ref(), detail::StreamEvent::closed}; }

  /// The descriptor, -1 when it is closed. It stays the stream's.
  int fd() const { return state().fd(); }
  /// For the layers above.
  detail::StreamState& state() const { return *ref(); }

 private:
  using Kind = detail::ReadRequest::Kind;

  const Ref<detail::StreamState>& ref() const;
  Read ask(Kind kind, std::size_t count) { return {ref(), detail::ReadRequest(kind, count)}; }
  static Read line_of(Ref<detail::StreamState> state);
  static Coro<std::optional<std::string>> next_line(Ref<detail::StreamState> state);

  Ref<detail::StreamState> state_;
};

// Implementation

namespace detail {

inline std::string ByteBuffer::take(std::size_t count) {
  if (start_ == 0 && count == bytes_.size()) return std::exchange(bytes_, {});
  std::string taken(view().substr(0, count));
  drop(count);
  return taken;
}

inline void ByteBuffer::drop(std::size_t count) {
  start_ += count;
  if (empty()) clear();
}

/// Moves what is left to the front when that is less than has left: amortised O(1) a byte.
inline void ByteBuffer::append(std::string_view more) {
  if (start_ > bytes_.size() / 2) {
    bytes_.erase(0, start_);
    start_ = 0;
  }
  bytes_.append(more);
}

inline void ParkedTask::park_in(List<ParkedTask>& list, std::coroutine_handle<> leaf) {
  task_ = &TaskBase::current(what_);
  list.push_back(*this);
  task_->park(leaf, *this);
}

inline void ParkedTask::wake() {
  unlink();
  task_->home().call_soon(*task_);
}

inline bool ParkedTask::cancel() {
  if (!linked()) return false;
  cancelled_ = true;
  wake();
  return true;
}

inline void ParkedTask::check() {
  if (task_ == nullptr) return;
  task_->check_cancel();
  if (cancelled_) throw CancelledError();
}

inline void wake_all(List<ParkedTask>& tasks) {
  tasks.for_each([](ParkedTask& task) { task.wake(); });
}

// ── what a read asks for ──

inline ReadRequest::ReadRequest(Kind kind, std::size_t count) : kind_(kind), count_(count) {
  if (kind == Kind::exactly && count > std::string().max_size()) {
    throw std::invalid_argument("read_exactly: no string holds so much; is it a negative number?");
  }
}

inline Separators::Separators(std::vector<std::string> separators) : all(std::move(separators)) {
  for (const std::string& separator : all) longest = std::max(longest, separator.size());
  const bool has_empty =
      std::any_of(all.begin(), all.end(), [](const std::string& one) { return one.empty(); });
  if (all.empty() || has_empty) {
    throw std::invalid_argument("read_until: a separator must not be empty");
  }
}

inline ReadRequest ReadRequest::line() {
  static thread_local const Ref newline(new Separators({"\n"}));
  return {Kind::line, newline};
}

//: 12.1 say whether the buffer has what is asked for
inline bool ReadRequest::satisfied(const ByteBuffer& in, bool ended, std::size_t limit) {
  AIO_TODO("12.1", "say whether the buffer has what is asked for");
}

inline std::size_t ReadRequest::most(std::size_t limit) const {
  if (kind_ == Kind::all || limit > npos / 2) return npos;
  if (!separators_) return std::max<std::size_t>(kind_ == Kind::exactly ? count_ : 1, 2 * limit);
  return std::max(limit + separators_->longest, 2 * limit);
}

//: 12.2 look for the separator that ends first, also where the last look stopped
inline bool ReadRequest::find(const ByteBuffer& in) {
  AIO_TODO("12.2", "look for the separator that ends first, also where the last look stopped");
}

/// How many bytes certainly come before the separator.
inline std::size_t ReadRequest::before_separator(const ByteBuffer& in) const {
  if (found_ != npos) return found_;
  const std::size_t longest = separators_->longest;
  return in.size() < longest ? 0 : in.size() + 1 - longest;
}

//: 12.1 take what is asked for out of the buffer, or say why that cannot be
inline std::string ReadRequest::take(ByteBuffer& in, std::size_t limit) {
  AIO_TODO("12.1", "take what is asked for out of the buffer, or say why that cannot be");
}

//: 12.2 up to the separator; too long, or cut off by the end
inline std::string ReadRequest::take_until(ByteBuffer& in, std::size_t limit) {
  AIO_TODO("12.2", "up to the separator; too long, or cut off by the end");
}

// ── the state ──

inline StreamState::StreamState(EventLoop& loop, UniqueFd fd, const StreamOptions& chosen)
    : EventSink(deliver_event), options(chosen), fd_(std::move(fd)), anchor_(loop.anchor()) {
  options.check();
  loop.attach(fd_.get(), *this);
}

inline StreamState::~StreamState() { shut_down(); }

//: 12.4 note what the kernel reports, and serve who waits for it
inline void StreamState::on_event(const PollEvent& event) {
  AIO_TODO("12.4", "note what the kernel reports, and serve who waits for it");
}

inline void StreamState::deliver_event(EventSink& sink, EventLoop&, PollEvent event) {
  auto& self = static_cast<StreamState&>(sink);
  const Ref<StreamState> alive(&self);
  self.new_turn();
  if (event.urgent) self.no_more_ = true;
  try {
    self.on_event(event);
  } catch (const std::bad_alloc&) {
    self.fail(std::make_error_code(std::errc::not_enough_memory));
  }
}

/// It had more to read than fits one turn.
inline void StreamState::run() {
  const Ref<StreamState> alive(this);
  feed_reader();
}

//: 12.3 read until the request has a result or the kernel has no more
inline bool StreamState::try_read(ReadRequest& request) {
  AIO_TODO("12.3", "read until the request has a result or the kernel has no more");
}

//: 12.3 one system call, for `most` bytes in the buffer; a short read means no more now
inline void StreamState::read_once(std::size_t most) {
  AIO_TODO("12.3",
           "one system call, for `most` bytes in the buffer; a short read means no more now");
}

inline void StreamState::feed_reader() {
  if (reader_ == nullptr || reader_->woken()) return;
  if (try_read(reader_->request())) {
    reader_->wake();
  } else {
    go_on_later();
  }
}

/// Nobody will report what has been reported already.
inline void StreamState::go_on_later() {
  if (readable_ && !Ready::linked() && !gone()) loop()->call_soon(static_cast<Ready&>(*this));
}

/// A fast sender must not keep the loop: what comes next is read in another turn.
inline bool StreamState::try_at_once(ReadRequest& request) {
  if (readable_ && must_make_way()) return false;  // start_reading() queues what reads on
  const std::size_t before = in_.size();
  const bool result = try_read(request);
  if (in_.size() > before) moved_at_once(in_.size() - before);
  return result;
}

inline void StreamState::start_reading(ReadAwaiter& reader) {
  reader_ = &reader;
  new_turn();
  go_on_later();
}

inline void StreamState::check_reader() const {
  if (reader_ == nullptr) return;
  throw InvalidStateError("read: another task is reading from this stream");
}

inline void StreamState::check_home(const TaskBase& task) const {
  if (&task.home() != loop()) throw std::logic_error("this stream belongs to another event loop");
}

inline std::string StreamState::take(ReadRequest& request) {
  if (error_) throw std::system_error(error_, "read");
  return request.take(in_, options.limit);
}

//: 12.5 send now what the kernel takes, in order; keep the rest
inline void StreamState::write(std::string_view data) {
  AIO_TODO("12.5", "send now what the kernel takes, in order; keep the rest");
}

/// The first writes to a lost connection are nobody's fault; who goes on never looks at drain().
inline void StreamState::note_dropped() {
  if (dropped_writes_ < 4) {
    ++dropped_writes_;
    return;
  }
  if (loop() == nullptr) return;
  const auto what = error_ ? error_ : std::make_error_code(std::errc::not_connected);
  loop()->call_exception_handler({"bytes are written to a connection that is closed",
                                  std::make_exception_ptr(std::system_error(what)), "a stream"});
}

//: 12.5 send until everything is out or the kernel takes no more; say how much it took
inline std::size_t StreamState::send_some(std::string_view data) {
  AIO_TODO("12.5",
           "send until everything is out or the kernel takes no more; say how much it took");
}

//: 12.5 there is room again: send what waits, and wake who waits for that
inline void StreamState::flush() {
  AIO_TODO("12.5", "there is room again: send what waits, and wake who waits for that");
}

//: 12.5 few enough bytes are left, or none
inline void StreamState::wake_drained() {
  AIO_TODO("12.5", "few enough bytes are left, or none");
}

/// Everything is sent: what was asked for meanwhile is done.
inline void StreamState::finish_output() {
  if (eof_asked_ && !gone()) ::shutdown(fd_.get(), SHUT_WR);
  if (closing_) shut_down();
}

//: 12.6 half-close, once everything is sent
inline void StreamState::write_eof() {
  AIO_TODO("12.6", "half-close, once everything is sent");
}

//: 12.6 no more reading; gone when everything is sent
inline void StreamState::close() {
  AIO_TODO("12.6", "no more reading; gone when everything is sent");
}

inline void StreamState::end_reading() {
  ended_ = true;
  if (reader_ != nullptr) reader_->wake();
}

//: 12.6 gone now
inline void StreamState::abort() {
  AIO_TODO("12.6", "gone now");
}

inline void StreamState::drop() noexcept {
  if (!closing_) shut_down();
}

//: 12.6 remember the error, for whoever asks from now on
inline void StreamState::fail(std::error_code error) {
  AIO_TODO("12.6", "remember the error, for whoever asks from now on");
}

/// Closes the descriptor, and tells everybody.
inline void StreamState::shut_down() noexcept {
  if (gone()) return;
  const Ref<StreamState> released = std::exchange(self_, nullptr);  // ends last
  if (EventLoop* const home = loop()) home->detach(fd_.get());
  fd_.reset();
  Ready::unlink();
  Resident::unlink();
  aborted_ = !out_.empty();
  out_.clear();
  readable_ = false;
  end_reading();
  for (auto* waiting : {&drains_, &flushes_, &closes_, &connects_}) wake_all(*waiting);
  if (keeper_) std::exchange(keeper_, nullptr)->gone(*this);
}

inline bool StreamState::has_happened(StreamEvent event) const {
  switch (event) {
    case StreamEvent::drained:
      return gone() || out_.size() <= options.high;
    case StreamEvent::flushed:
      return gone() || out_.empty();
    case StreamEvent::connected:
      return gone() || !connecting_;
    default:
      return gone();
  }
}

inline List<ParkedTask>& StreamState::waiting(StreamEvent event) {
  if (event == StreamEvent::drained) return drains_;
  if (event == StreamEvent::flushed) return flushes_;
  return event == StreamEvent::connected ? connects_ : closes_;
}

/// Throws what `event` ended with, if that was not its name. `late`: it had happened before.
inline void StreamState::throw_error(StreamEvent event, bool late) const {
  if (error_) throw std::system_error(error_, "stream");
  const bool wrote = event == StreamEvent::drained || event == StreamEvent::flushed;
  if (!wrote || !gone() || !(aborted_ || late)) return;
  throw std::system_error(std::make_error_code(std::errc::connection_reset),
                          "the stream is closed");
}

// ── awaiters ──

//: 12.4 park the task until its request has a result
inline void ReadAwaiter::await_suspend(std::coroutine_handle<> leaf) {
  AIO_TODO("12.4", "park the task until its request has a result");
}

inline bool ReadAwaiter::await_ready() {
  stream_->check_reader();
  return stream_->try_at_once(request_);
}

inline void ReadAwaiter::wake() {
  if (std::exchange(woken_, true)) return;
  task_->home().call_soon(*task_);
}

//: 12.4 a cancelled read takes nothing, and makes way for the next one at once
inline bool ReadAwaiter::cancel() {
  AIO_TODO("12.4", "a cancelled read takes nothing, and makes way for the next one at once");
}

inline std::string ReadAwaiter::await_resume() {
  leave();
  if (task_ != nullptr) task_->check_cancel();
  if (cancelled_) throw CancelledError();
  return stream_->take(request_);
}

inline void StreamWaiter::await_suspend(std::coroutine_handle<> leaf) {
  const bool happened = stream_->has_happened(event_);
  late_ = false;
  stream_->check_home(TaskBase::current("a stream"));
  park_in(stream_->waiting(event_), leaf);
  stream_->new_turn();
  if (happened) wake();  // it only makes way
}

inline const char* StreamWaiter::name_of(StreamEvent event) {
  switch (event) {
    case StreamEvent::drained:
      return "room to write";
    case StreamEvent::flushed:
      return "its output to be sent";
    case StreamEvent::connected:
      return "a connection";
    default:
      return "a stream to close";
  }
}

}  // namespace detail

// ── the handle ──

inline Stream Stream::adopt(UniqueFd socket, const StreamOptions& options) {
  const int flags = check_syscall("fcntl", ::fcntl(socket.get(), F_GETFL));
  if ((flags & O_NONBLOCK) == 0) {
    throw std::invalid_argument("Stream::adopt: the socket must be non-blocking");
  }
  return Stream(Ref(new detail::StreamState(running_loop(), std::move(socket), options)));
}

inline const Ref<detail::StreamState>& Stream::ref() const {
  if (!state_) throw InvalidStateError("this Stream is empty: it was moved from");
  return state_;
}

inline Read Stream::read_until(std::initializer_list<std::string_view> separators) {
  std::vector<std::string> owned(separators.begin(), separators.end());
  return {ref(), detail::ReadRequest(Kind::until, std::move(owned))};
}

inline Read Stream::line_of(Ref<detail::StreamState> state) {
  return {std::move(state), detail::ReadRequest::line()};
}

inline Coro<std::optional<std::string>> Stream::next_line(Ref<detail::StreamState> state) {
  std::string line = co_await line_of(std::move(state));
  if (line.empty()) co_return std::nullopt;
  co_return line;
}

inline StreamWait Stream::write_all(std::string_view data) {
  write(data);
  return {ref(), detail::StreamEvent::flushed};
}

inline void Stream::set_write_limits(std::optional<std::size_t> high,
                                     std::optional<std::size_t> low) {
  const StreamOptions defaults;
  if (!high) high = low ? *low * 4 : defaults.high;
  if (!low) low = *high / 4;
  if (*low > *high) throw std::invalid_argument("set_write_limits: low is above high");
  state().set_marks(*high, *low);
}

}  // namespace aio
