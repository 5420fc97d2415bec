#pragma once
// Lesson 14, process_pool: work that needs a processor, done by other processes.
//
// Stands on processes (14), streams (12) and the semaphore (10).
//  1. A job and its result are bytes: nothing else can be shared.
//  2. A worker lives on after its job, and does the next one. It is started when there is a job and
//     nobody is free, up to a limit.
//  3. Whatever a job does to its worker it does to no one else: one that dies fails its own job,
//     with what has killed it, and is replaced.
//  4. A job that is cancelled ends at once, since its worker is killed. Threads cannot do that.
//
//   int main() {
//     if (aio::is_pool_worker()) return aio::serve_jobs(count_primes);
//     return aio::run(program());  // const aio::ProcessPool pool; … co_await pool.run("1000000")
//   }

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstring>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <sys/socket.h>

#include <aio/lock.hpp>
#include <aio/process.hpp>
#include <aio/process_pool/wire.hpp>
#include <aio/process_pool/worker.hpp>
#include <aio/semaphore.hpp>
#include <aio/stream.hpp>
#include <aio/support/errors.hpp>
#include <aio/support/ref.hpp>
#include <aio/task.hpp>

namespace aio {

namespace layers {
inline constexpr const char* process_pool = __FILE__;  // which copy was compiled; tests print it
}

/// A job's function has thrown, in the worker; this is what the exception said.
struct JobFailed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// A worker has ended in the middle of a job.
struct WorkerDied : std::runtime_error {
  explicit WorkerDied(int code)
      : std::runtime_error(code < 0 ? "the worker was killed by signal " + std::to_string(-code) +
                                          " (" + ::strsignal(-code) + ")"
                                    : "the worker has exited with status " + std::to_string(code)),
        returncode(code) {}
  int returncode;  // as Process::returncode() has it
};

/// Not an aggregate: some compilers destroy the temporary of one twice inside co_await.
struct ProcessPoolOptions {
  ProcessPoolOptions() {}
  explicit ProcessPoolOptions(std::size_t most) : workers(most) {}
  /// At most so many; 0: as many as there are cores.
  std::size_t workers = 0;
  /// The program that calls serve_jobs(), and its arguments; this one, unless you say another.
  std::vector<std::string> command{"/proc/self/exe"};
  std::map<std::string, std::string> environment;
};

namespace detail {

/// A worker, and our end of its socket.
struct PoolWorker {
  PoolWorker(Process started, Stream connected)
      : process(std::move(started)), stream(std::move(connected)) {}
  /// Throws JobFailed; anything else means that the worker has failed.
  Coro<std::string> answer(std::string job);
  /// Ends it, if it has not ended: its returncode.
  Coro<int> end();

  Process process;
  Stream stream;
};

class PoolState : public RefCounted {
 public:
  explicit PoolState(ProcessPoolOptions chosen)
      : free(static_cast<long>(most(chosen))), options(std::move(chosen)) {}
  virtual ~PoolState() = default;

  static std::size_t most(const ProcessPoolOptions& options) {
    if (options.workers > 0) return options.workers;
    return std::max(1U, std::thread::hardware_concurrency());
  }
  void check_open() const {
    if (closed) throw InvalidStateError("this ProcessPool takes no new jobs: it was shut down");
  }
  /// One that is idle and alive, or nothing.
  std::optional<PoolWorker> take_idle();

  HomeLoop home;
  Semaphore free;  // a permit for each worker that there may be
  Lock ending;     // whoever takes all of them
  const ProcessPoolOptions options;
  std::vector<PoolWorker> idle;
  bool closed = false;
};

}  // namespace detail

/// Processes that do jobs for one loop. Move-only; when it goes, jobs that run are done all the
/// same, and then the workers are killed. Throws InvalidStateError when it was moved from.
class ProcessPool {
 public:
  explicit ProcessPool(ProcessPoolOptions options = ProcessPoolOptions())
      : pool_(new detail::PoolState(std::move(options))) {}

  /// The result of a job. Waits while all workers are busy, first come, first served. Throws
  /// JobFailed, WorkerDied, what create_subprocess() throws, and InvalidStateError after
  /// shutdown(), and while its loop runs in another thread. Cancelled: the job ends at once,
  /// whatever it was doing.
  Coro<std::string> run(std::string job) const { return run(ref(), std::move(job)); }
  /// Takes nothing new, waits for the jobs that it has, and then for the workers' ends. Cancelled:
  /// it takes nothing new all the same, and may be awaited again. Throws InvalidStateError, and
  /// changes nothing, while its loop runs in another thread.
  Coro<> shutdown() const { return shutdown(ref()); }
  /// How many workers have nothing to do now.
  std::size_t idle() const { return ref()->idle.size(); }

 private:
  using State = Ref<detail::PoolState>;
  const State& ref() const {
    if (!pool_) throw InvalidStateError("this ProcessPool is empty: it was moved from");
    return pool_;
  }
  static Coro<std::string> run(State pool, std::string job);
  static Coro<> shutdown(State pool);

  State pool_;
};

// Implementation

namespace detail {

/// When a worker has ended, nothing more comes from it, whoever has inherited its end of the
/// socket. What it has sent can still be read.
inline Coro<> cut_off_after(Coro<int> end, Ref<StreamState> stream) {
  try {
    co_await std::move(end);
  } catch (const std::system_error&) {  // how it ended is lost
  }
  ::shutdown(stream->fd(), SHUT_RDWR);
}

/// Starts a worker. It does not share our terminal's Ctrl-C: that is for who gave the job.
inline Coro<PoolWorker> start_worker(const ProcessPoolOptions& chosen) {
  std::array<int, 2> ends{};
  check_syscall("socketpair",
                ::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0, ends.data()));
  UniqueFd ours(ends[0]), theirs(ends[1]);
  check_syscall("fcntl", ::fcntl(theirs.get(), F_SETFL, 0));  // a worker waits in its calls
  ProcessOptions options;
  options.input = Stdio::null;
  options.new_group = true;
  options.environment = chosen.environment;
  options.environment[worker_variable] = "1";
  options.more = {theirs.get()};
  Stream stream = Stream::adopt(std::move(ours));
  Process process = co_await create_subprocess(chosen.command, options);
  create_task(cut_off_after(process.wait(), Ref(&stream.state())), "the end of a worker");
  co_return PoolWorker(std::move(process), std::move(stream));
}

inline Coro<std::string> PoolWorker::answer(std::string job) {
  stream.write(WireHead::of(Wire::job, job));
  co_await stream.write_all(job);
  const WireHead head(co_await stream.read_exactly(WireHead::size));
  std::string bytes = co_await stream.read_exactly(static_cast<std::size_t>(head.length));
  if (head.kind == Wire::failure) throw JobFailed(bytes);
  co_return bytes;
}

inline Coro<int> PoolWorker::end() {
  stream.abort();
  return process.stop(std::chrono::seconds(0));
}

inline std::optional<PoolWorker> PoolState::take_idle() {
  while (!idle.empty()) {
    PoolWorker worker = std::move(idle.back());
    idle.pop_back();
    if (!worker.process.returncode()) return worker;
  }
  return std::nullopt;
}

}  // namespace detail

inline Coro<std::string> ProcessPool::run(State pool, std::string job) {
  pool->home.check_thread("ProcessPool::run");
  pool->check_open();
  const auto permit = co_await pool->free.scoped();
  pool->check_open();
  std::optional<detail::PoolWorker> worker = pool->take_idle();
  if (!worker) worker.emplace(co_await detail::start_worker(pool->options));
  std::optional<std::string> result;
  try {
    result = co_await worker->answer(std::move(job));
  } catch (const JobFailed&) {
    pool->idle.push_back(std::move(*worker));
    throw;
  } catch (const IncompleteReadError&) {  // it has gone, or is about to
  } catch (const std::system_error&) {
  }
  if (!result) {
    const int returncode = co_await worker->end();
    throw WorkerDied(returncode);
  }
  pool->idle.push_back(std::move(*worker));
  co_return std::move(*result);
}

inline Coro<> ProcessPool::shutdown(State pool) {
  pool->home.check_thread("ProcessPool::shutdown");
  pool->closed = true;
  const std::size_t most = detail::PoolState::most(pool->options);
  const auto turn = co_await pool->ending.scoped();
  std::vector<Semaphore::Guard> all;
  while (all.size() < most) all.push_back(co_await pool->free.scoped());
  while (!pool->idle.empty()) {
    detail::PoolWorker& last = pool->idle.back();
    last.stream.write_eof();  // also if somebody has inherited our end
    last.stream.close();
    co_await last.process.wait();
    pool->idle.pop_back();
  }
}

}  // namespace aio
