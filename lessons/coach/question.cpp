#include "question.hpp"

#include <charconv>
#include <chrono>
#include <cstdint>
#include <fstream>

#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fmt/format.h>
#include <aio/event_loop.hpp>
#include <aio/event_loop/inquiry.hpp>
#include <aio/support/syscall.hpp>

#include "mistake.hpp"

namespace coach {

namespace {

namespace inquiry = aio::detail::inquiry;
using Clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds(2);

std::string folder_of(pid_t process) { return fmt::format("/proc/{}", process); }

/// A line of /proc/PID/status without its name; empty when there is none.
std::string status_of(pid_t process, std::string_view name) {
  std::ifstream file(folder_of(process) + "/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(name)) return line.substr(line.find_first_not_of(" \t", name.size()));
  }
  return "";
}

bool handles_question(pid_t process) {
  const std::string caught = status_of(process, "SigCgt:");
  std::uint64_t signals = 0;
  std::from_chars(caught.data(), caught.data() + caught.size(), signals, 16);
  return (signals >> (inquiry::signal - 1) & 1) != 0;
}

void check_askable(pid_t process) {
  struct stat folder {};
  if (process <= 0 || ::stat(folder_of(process).c_str(), &folder) != 0) {
    throw Mistake(fmt::format("There is no process {}.", process));
  }
  if (folder.st_uid != ::geteuid() && ::geteuid() != 0) {
    throw Mistake(fmt::format("Process {} belongs to somebody else.", process));
  }
  if (handles_question(process)) return;
  throw Mistake(
      fmt::format("Process {} ({}) runs no loop of Loopwright, or one that gives no answers "
                  "(LoopOptions::answers).",
                  process, status_of(process, "Name:")));
}

aio::UniqueFd listen_for_answers() {
  aio::UniqueFd listener(
      aio::check_syscall("socket", ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)));
  socklen_t size = 0;
  const sockaddr_un address = inquiry::socket_address(inquiry::address(::getpid()), size);
  const auto* const where = reinterpret_cast<const sockaddr*>(&address);
  aio::check_syscall("bind", ::bind(listener.get(), where, size));
  aio::check_syscall("listen", ::listen(listener.get(), 64));
  return listener;
}

bool readable_before(int descriptor, Clock::time_point limit) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(limit - Clock::now());
  pollfd watched{descriptor, POLLIN, 0};
  return left.count() > 0 && ::poll(&watched, 1, static_cast<int>(left.count())) == 1;
}

std::string read_all(int socket, Clock::time_point limit) {
  std::string text;
  char part[4096];
  while (readable_before(socket, limit)) {
    const ssize_t size = ::read(socket, part, sizeof part);
    if (size <= 0) break;
    text.append(part, static_cast<std::size_t>(size));
  }
  return text;
}

/// From "loop 1 of 2 in process …"; 1 when there is no such thing.
std::size_t loops_of(const std::string& answer) {
  std::size_t count = 1;
  const std::size_t at = answer.find(" of ");
  if (at != std::string::npos) {
    std::from_chars(answer.data() + at + 4, answer.data() + answer.size(), count);
  }
  return count;
}

void send_question(pid_t process, bool as_tree) {
  sigval value{};
  value.sival_int = static_cast<int>(as_tree ? inquiry::Wanted::tree : inquiry::Wanted::table);
  aio::check_syscall("sigqueue", ::sigqueue(process, inquiry::signal, value));
}

/// "sleeps in a system call" or "computes": what the main thread does, for who gets no answer.
std::string what_it_does(pid_t process) {
  const std::string state = status_of(process, "State:");
  if (state.starts_with("R")) return "it computes";
  if (state.starts_with("T") || state.starts_with("t")) return "it is stopped";
  return "it waits in a system call";
}

}  // namespace

std::vector<std::string> ask_for_tasks(pid_t process, bool as_tree) {
  check_askable(process);
  const aio::UniqueFd listener = listen_for_answers();
  const auto limit = Clock::now() + patience;
  send_question(process, as_tree);
  std::vector<std::string> answers;
  for (std::size_t loops = 1; answers.size() < loops;) {
    if (!readable_before(listener.get(), limit)) break;
    const aio::UniqueFd socket(
        aio::check_syscall("accept4", ::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    answers.push_back(read_all(socket.get(), limit));
    loops = loops_of(answers.back());
  }
  if (!answers.empty()) return answers;
  throw Mistake(
      fmt::format("Process {} has not answered for {} seconds: a loop that does not run, or a "
                  "callback that keeps it from coming round ({}).",
                  process, patience.count(), what_it_does(process)));
}

}  // namespace coach
