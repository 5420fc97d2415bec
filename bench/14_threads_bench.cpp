// Lesson 14: n jobs of arithmetic, of less than a millisecond each, and n files of 16 KB that the
// kernel has in memory. Beside them a heartbeat beats on the loop, each millisecond.
//
//   sync       in the loop, one after the other
//   thread     a std::thread for each, which posts its result to the loop
//   async      to_thread()
//   processes  a ProcessPool, with as many workers as there are cores
//
// files-sync, files-thread and files-async read the files in the same three ways.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include <unistd.h>
#include <aio/coro.hpp>
#include <aio/event_loop.hpp>
#include <aio/files.hpp>
#include <aio/future.hpp>
#include <aio/gather.hpp>
#include <aio/process_pool.hpp>
#include <aio/task.hpp>
#include <aio/threads.hpp>

#include "support/compare.hpp"
#include "support/measure.hpp"

using namespace std::chrono_literals;

namespace {

using aio::Coro;
using Job = std::function<std::size_t(int number)>;

constexpr std::size_t primes_in_a_job = 1862;  // below 16,000
constexpr std::size_t file_size = 16 * 1024;

std::size_t count_primes(int end) {
  std::size_t count = 0;
  for (int n = 2; n < end; ++n) {
    bool prime = true;
    for (int d = 2; prime && d * d <= n; ++d) prime = n % d != 0;
    if (prime) ++count;
  }
  return count;
}

std::size_t arithmetic(int) { return count_primes(16'000); }
std::string arithmetic_there(std::string end) {
  return std::to_string(count_primes(std::stoi(end)));
}

// ── the heartbeat ──

/// Beats while it lives, and tells then what 99 of 100 beats took at most.
class Heart {
 public:
  Heart() : task_(aio::create_task(beat())) {}
  Heart(const Heart&) = delete;
  Heart& operator=(const Heart&) = delete;
  ~Heart() {
    task_.cancel();
    note();  // also a beat that should have come by now
    std::ranges::sort(gaps_);
    const std::size_t at = std::min(gaps_.size() - 1, gaps_.size() * 99 / 100);
    bench::heartbeat_was(std::chrono::duration<double>(gaps_[at]).count());
  }

 private:
  using Clock = std::chrono::steady_clock;
  Coro<> beat() {
    while (true) {
      co_await aio::sleep(1ms);
      note();
    }
  }
  void note() {
    const auto now = Clock::now();
    gaps_.push_back(now - std::exchange(last_, now));
  }

  Clock::time_point last_ = Clock::now();
  std::vector<Clock::duration> gaps_;
  aio::Task<> task_;
};

// ── n jobs ──

void check(std::size_t done, std::size_t expected) {
  if (done != expected) throw std::runtime_error("a job has failed");
}

Coro<std::size_t> in_the_loop(Job job, int n) {
  std::size_t sum = 0;
  for (int i = 0; i < n; ++i) sum += job(i);
  co_return sum;
}

Coro<std::size_t> in_threads(Job job, int n) {
  aio::EventLoop& loop = aio::running_loop();
  std::size_t sum = 0;
  int left = n;
  const aio::Future<> over;
  const auto add = [&](std::size_t result) {
    sum += result;
    if (--left == 0) over.set_result();
  };
  std::vector<std::jthread> threads;
  for (int i = 0; i < n; ++i) {
    threads.emplace_back([&, i] {
      const std::size_t result = job(i);
      loop.call_soon_threadsafe([&add, result] { add(result); });
    });
  }
  co_await over;
  co_return sum;
}

// [async]
Coro<std::size_t> by_to_thread(Job job, int n) {
  std::vector<Coro<std::size_t>> jobs;
  for (int i = 0; i < n; ++i) jobs.push_back(aio::to_thread(job, i));
  std::size_t sum = 0;
  for (const std::size_t result : co_await aio::gather(std::move(jobs))) sum += result;
  co_return sum;
}

Coro<std::size_t> by_processes(Job, int n) {
  const aio::ProcessPool pool;
  std::vector<Coro<std::string>> jobs;
  for (int i = 0; i < n; ++i) jobs.push_back(pool.run("16000"));
  std::size_t sum = 0;
  for (const std::string& result : co_await aio::gather(std::move(jobs))) sum += std::stoul(result);
  co_await pool.shutdown();
  co_return sum;
}
// [/async]

using Way = Coro<std::size_t> (*)(Job, int);

Coro<> beside_a_heartbeat(Way way, Job job, int n, std::size_t expected) {
  const Heart heart;
  check(co_await way(std::move(job), n), expected);
}

std::function<void(int)> jobs(Way way) {
  return [way](int n) {
    bench::count_children();
    const auto count = static_cast<std::size_t>(n);
    aio::run(beside_a_heartbeat(way, arithmetic, n, count * primes_in_a_job));
  };
}

// ── n files ──

/// A folder with n files.
class Folder {
 public:
  explicit Folder(int n)
      : path_(std::filesystem::temp_directory_path() /
              ("loopwright-bench-14." + std::to_string(::getpid()))) {
    std::filesystem::create_directory(path_);
    for (int i = 0; i < n; ++i) std::ofstream(file(i)) << std::string(file_size, 'x');
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  std::filesystem::path file(int number) const { return path_ / std::to_string(number); }

 private:
  const std::filesystem::path path_;
};

std::size_t read_blocking(const std::filesystem::path& file) {
  std::ifstream in(file, std::ios::binary);
  std::string text(file_size, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  return static_cast<std::size_t>(in.gcount());
}

Coro<std::size_t> size_of(std::filesystem::path file) {
  const std::string text = co_await aio::read_file(std::move(file));
  co_return text.size();
}

Coro<> read_all(const Folder& folder, int n) {
  const Heart heart;
  std::vector<Coro<std::size_t>> reads;
  for (int i = 0; i < n; ++i) reads.push_back(size_of(folder.file(i)));
  std::size_t sum = 0;
  for (const std::size_t size : co_await aio::gather(std::move(reads))) sum += size;
  check(sum, static_cast<std::size_t>(n) * file_size);
}

/// Only the reading is measured.
void with_files(int n, const std::function<void(const Folder&)>& read) {
  const Folder folder(n);
  bench::begin_measuring();
  read(folder);
  bench::end_measuring();
}

std::function<void(int)> files(Way way) {
  return [way](int n) {
    with_files(n, [way, n](const Folder& folder) {
      const Job job = [&folder](int number) { return read_blocking(folder.file(number)); };
      aio::run(beside_a_heartbeat(way, job, n, static_cast<std::size_t>(n) * file_size));
    });
  };
}

void files_async(int n) {
  with_files(n, [n](const Folder& folder) { aio::run(read_all(folder, n)); });
}

}  // namespace

int main(int argc, char** argv) {
  if (aio::is_pool_worker()) return aio::serve_jobs(arithmetic_there);
  bench::Comparison work{.sizes = {1, 10, 100, 1'000}};
  work.sync = {.work = jobs(in_the_loop)};
  work.thread = {.work = jobs(in_threads)};
  work.async = {.work = jobs(by_to_thread)};
  work.more = {{"processes", {.work = jobs(by_processes)}},
               {"files-sync", {.work = files(in_the_loop)}},
               {"files-thread", {.work = files(in_threads)}},
               {"files-async", {.work = files_async}}};
  return bench::run(argc, argv, work);
}
