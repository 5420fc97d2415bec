#pragma once
// Your layer of lesson 14. Check it with: ./learn check 14
// Lesson 14, process: other programs, whose end and whose output the loop waits for.
//
// Stands on streams (12), on events and time limits (09, 10), and on posix_spawn() and pidfds.
//  6. The loop learns of a child's end from a descriptor: there is no handler of SIGCHLD.
//  7. wait() waits for the child alone. Pipes are another matter: a grandchild may hold them.
//  8. A child is reaped as soon as it has ended, whoever waits. Then nothing is sent to it.
//  9. A Process that goes takes its child along: what still runs is killed, and reaped.
// 10. A child gets the descriptors that it was given, and no others; it gets the signals as this
//     process found them when it began.

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <tuple>
#include <utility>
#include <vector>

#include <signal.h>
#include <sys/types.h>

#include <aio/event.hpp>
#include <aio/gather.hpp>
#include <aio/process/child_descriptors.hpp>
#include <aio/process/kernel_child.hpp>
#include <aio/process/options.hpp>
#include <aio/process/spawn.hpp>
#include <aio/stream.hpp>
#include <aio/support/delay.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>
#include <aio/wait_for.hpp>
#include <aio/support/todo.hpp>

namespace aio {

namespace layers {
inline constexpr const char* process = __FILE__;  // which copy was compiled; the tests print it
}

/// What communicate() has collected.
struct ProcessOutput {
  ProcessOutput() {}
  std::string output, errors;
  int returncode = 0;
};

namespace detail {

/// A child and our ends of its pipes. It lives on the loop until the child has ended.
class ChildProcess final : public RefCounted, public EventSink, public EndOfChild, public Resident {
 public:
  /// Starts it.
  ChildProcess(EventLoop& loop, const std::vector<std::string>& words, ChildDescriptors& ends,
               const ProcessOptions& options);
  virtual ~ChildProcess() = default;

  pid_t pid() const { return child_.pid(); }
  bool has_ended() const { return child_.reaped(); }
  /// Throws InvalidStateError when its loop runs in another thread.
  void check_thread() const {
    if (const EventLoop* const home = child_.loop()) home->check_thread("Process");
  }
  bool leads_group() const { return leads_group_; }
  std::optional<int> returncode() const { return returncode_; }
  /// How it ended. Throws std::system_error when that is lost. REQUIRES: has_ended()
  int how_it_ended() const;
  /// Throws std::system_error, with ESRCH when it has ended.
  void send(const char* call, int signal);
  void send_to_group(int signal);
  /// Ends it now, if it runs, and closes the pipes.
  void kill() noexcept;
  void detach() noexcept { detached_ = true; }
  bool detached() const { return detached_; }

  std::optional<Stream> input, output, errors;
  ProcessOutput collected;  // by communicate(), which may have been cancelled
  Event ended;

 private:
  void child_ended() override;
  void evict() noexcept override;
  std::string describe() const override { return "process " + std::to_string(pid()); }

  KernelChild child_;
  const bool leads_group_;
  bool detached_ = false;
  std::optional<int> returncode_;
  Ref<ChildProcess> self_;  // until the child has ended
};

}  // namespace detail

/// A child process. Move-only; destroyed, it closes the pipes and kills the child that still runs,
/// with its group if it leads one; the loop reaps it. Throws InvalidStateError when it was moved
/// from, or belongs to the loop of another thread.
class Process {
 public:
  explicit Process(Ref<detail::ChildProcess> child) : child_(std::move(child)) {}
  Process(Process&& other) noexcept : child_(std::exchange(other.child_, nullptr)) {}
  Process& operator=(Process&& other) noexcept {
    std::swap(child_, other.child_);
    return *this;
  }
  ~Process();

  pid_t pid() const { return child().pid(); }
  /// The exit status, or minus the signal that ended it; nothing while it runs, or when it is lost.
  std::optional<int> returncode() const { return child().returncode(); }

  /// Our ends of its pipes. Throw InvalidStateError for what is no pipe.
  Stream& input() const { return pipe(child().input, "input"); }
  Stream& output() const { return pipe(child().output, "output"); }
  Stream& errors() const { return pipe(child().errors, "errors"); }

  /// Waits until the child has ended, whoever holds its pipes: its returncode(). As often as you
  /// like. A child that waits for a pipe does not end: read what it writes, and close its input.
  /// Throws std::system_error (ECHILD) when the kernel does not tell, since SIGCHLD is ignored or
  /// somebody else has reaped it. Cancelled: nothing is lost.
  Coro<int> wait() const { return wait_for_end(ref()); }
  /// Writes `data` to the input and closes it, reads output and errors to their ends, all at once,
  /// and waits for the child. What is no pipe gives nothing. That the child does not read
  /// everything is no error. Throws what the streams throw. Cancelled: the child runs on, what was
  /// given still goes to it, and what has been read comes with the next communicate().
  Coro<ProcessOutput> communicate(std::string data = {}) const;

  /// Sends a signal. Throws std::system_error: ESRCH when the child has ended.
  void send_signal(int signal) const { child().send("send_signal", signal); }
  void terminate() const { child().send("terminate", SIGTERM); }
  void kill() const { child().send("kill", SIGKILL); }
  /// Sends it to all processes of the group that the child leads. Throws InvalidStateError when it
  /// leads none, std::system_error with ESRCH when none is left.
  void signal_group(int signal) const { child().send_to_group(signal); }
  /// Asks it to end (SIGTERM), kills it if it has not ended when `grace` is over, and waits:
  /// its returncode(). With the whole group, if it leads one. Cancelled: the child may run on.
  Coro<int> stop(Delay grace) const { return stop(ref(), grace); }
  /// The child runs on when the Process, or the loop, goes.
  void detach() const { child().detach(); }

 private:
  const Ref<detail::ChildProcess>& ref() const;
  detail::ChildProcess& child() const { return *ref(); }
  static Stream& pipe(std::optional<Stream>& stream, const char* name);
  static Coro<int> wait_for_end(Ref<detail::ChildProcess> child);
  static Coro<ProcessOutput> communicate(Ref<detail::ChildProcess> child, std::string data);
  static Coro<int> stop(Ref<detail::ChildProcess> child, Delay grace);

  Ref<detail::ChildProcess> child_;
};

/// The words of a command: `co_await create_subprocess(argv("ls", "-l"))`. Not every compiler takes
/// braces inside a co_await expression.
template <class... Words>
std::vector<std::string> argv(Words&&... words) {
  std::vector<std::string> all;
  all.reserve(sizeof...(words));
  (all.emplace_back(std::forward<Words>(words)), ...);
  return all;
}

/// Starts a program: words[0], looked for in the child's PATH when it has no slash, with these
/// arguments. The loop stands still until it has begun, about a millisecond. Throws
/// std::system_error when there is no such program or directory, no right to run it, or no process
/// or descriptor left; std::invalid_argument for what makes no sense. Cancelled: nothing was
/// started, or the child is killed and reaped.
Coro<Process> create_subprocess(std::vector<std::string> words, ProcessOptions options = {});
/// The same for a command of the shell: `/bin/sh -c command`.
Coro<Process> create_subprocess_shell(std::string command, ProcessOptions options = {});

// Implementation

namespace detail {

//: 14.4 hear of its end, and live on the loop until then
inline ChildProcess::ChildProcess(EventLoop& loop, const std::vector<std::string>& words,
                                  ChildDescriptors& ends, const ProcessOptions& options)
    : EventSink([](EventSink& sink, EventLoop&, PollEvent) {
        static_cast<ChildProcess&>(sink).child_ended();
      }),
      input(std::move(ends.input)),
      output(std::move(ends.output)),
      errors(std::move(ends.errors)),
      child_(loop, spawn(words, options, ends)),
      leads_group_(options.leads_group()) {
  AIO_TODO("14.4", "hear of its end, and live on the loop until then");
}

/// In the middle of the poll.
//: 14.4 reap it, let go of it, and tell whoever waits
inline void ChildProcess::child_ended() {
  AIO_TODO("14.4", "reap it, let go of it, and tell whoever waits");
}

//: 14.4 end what still runs, and close our ends of its pipes
inline void ChildProcess::kill() noexcept {
  // TODO 14.4: end what still runs, and close our ends of its pipes
}

/// The loop is closed, and will not hear of its end.
//: 14.4 end it, and wait for that here; a detached one runs on
inline void ChildProcess::evict() noexcept {
  // TODO 14.4: end it, and wait for that here; a detached one runs on
}

inline int ChildProcess::how_it_ended() const {
  if (returncode_) return *returncode_;
  throw std::system_error(ECHILD, std::generic_category(),
                          "wait: how process " + std::to_string(pid()) +
                              " ended is lost; SIGCHLD is ignored, or somebody else has reaped it");
}

inline void ChildProcess::send(const char* call, int signal) {
  const int error = has_ended() ? ESRCH : child_.send(signal);
  if (error != 0) throw std::system_error(error, std::generic_category(), call);
}

inline void ChildProcess::send_to_group(int signal) {
  if (!leads_group_) {
    throw InvalidStateError("signal_group: this process leads no group; start it with new_group");
  }
  if (const int error = child_.send_to_group(signal)) {
    throw std::system_error(error, std::generic_category(), "signal_group");
  }
}

inline Coro<> collect(Ref<ChildProcess> child, std::optional<Stream>& stream, std::string& text) {
  const Ref<ChildProcess> alive = std::move(child);
  if (stream) text += co_await stream->read_all();
}

inline Coro<> feed(Ref<ChildProcess> child, std::string data) {
  if (!child->input) co_return;
  Stream& input = *child->input;
  try {
    if (!data.empty()) co_await input.write_all(data);
  } catch (const std::system_error&) {  // it reads no more
  }
  input.close();
}

}  // namespace detail

inline const Ref<detail::ChildProcess>& Process::ref() const {
  if (!child_) throw InvalidStateError("this Process is empty: it was moved from");
  child_->check_thread();
  return child_;
}

inline Process::~Process() {
  if (child_ && !child_->detached()) child_->kill();
}

inline Stream& Process::pipe(std::optional<Stream>& stream, const char* name) {
  if (stream) return *stream;
  throw InvalidStateError(std::string("Process::") + name + ": it is no pipe; start the process " +
                          "with Stdio::pipe for it");
}

inline Coro<int> Process::wait_for_end(Ref<detail::ChildProcess> child) {
  co_await child->ended.wait();
  co_return child->how_it_ended();
}

inline Coro<ProcessOutput> Process::communicate(std::string data) const {
  return communicate(ref(), std::move(data));
}

inline Coro<ProcessOutput> Process::communicate(Ref<detail::ChildProcess> child, std::string data) {
  co_await gather(detail::collect(child, child->output, child->collected.output),
                  detail::collect(child, child->errors, child->collected.errors),
                  detail::feed(child, std::move(data)), wait_for_end(child));
  child->collected.returncode = child->how_it_ended();
  co_return std::exchange(child->collected, ProcessOutput());
}

//: 14.4 ask it to end; kill it when the grace is over
inline Coro<int> Process::stop(Ref<detail::ChildProcess> child, Delay grace) {
  AIO_TODO("14.4", "ask it to end; kill it when the grace is over");
}

inline Coro<Process> create_subprocess(std::vector<std::string> words, ProcessOptions options) {
  EventLoop& loop = running_loop();
  detail::ChildDescriptors descriptors(options);
  co_return Process(Ref(new detail::ChildProcess(loop, words, descriptors, options)));
}

inline Coro<Process> create_subprocess_shell(std::string command, ProcessOptions options) {
  return create_subprocess(argv("/bin/sh", "-c", std::move(command)), std::move(options));
}

}  // namespace aio
