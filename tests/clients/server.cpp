#include "clients/server.hpp"

#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <utility>

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "support/temporary.hpp"

namespace tests {
namespace {

using namespace std::chrono_literals;

constexpr auto start_limit = 60s;

sockaddr_in local(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

class Socket {
 public:
  Socket() : fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() { ::close(fd); }
  const int fd;
};

int bind_to_any(int fd) {
  sockaddr_in address = local(0);
  socklen_t length = sizeof address;
  if (::bind(fd, reinterpret_cast<sockaddr*>(&address), length) != 0 ||
      ::getsockname(fd, reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw std::runtime_error("there is no port");
  }
  return ntohs(address.sin_port);
}

/// In the child. SIGKILL comes when we are gone; a change of user would take that back.
[[noreturn]] void become(const std::vector<std::string>& command, const RunAs& as, int output) {
  ::signal(SIGPIPE, SIG_DFL);
  ::setsid();
  if (output >= 0) {
    ::dup2(output, 1);
    ::dup2(output, 2);
  }
  const passwd* const user = as.user.empty() ? nullptr : ::getpwnam(as.user.c_str());
  if (::getuid() == 0 && user != nullptr) {
    if (::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0) ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::chdir("/") != 0) ::_exit(126);
  std::vector<char*> words;
  for (const std::string& word : command) words.push_back(const_cast<char*>(word.c_str()));
  words.push_back(nullptr);
  for (const std::string& entry : as.environment) ::putenv(const_cast<char*>(entry.c_str()));
  ::execvp(words[0], words.data());
  ::_exit(127);
}

pid_t start_program(const std::vector<std::string>& command, const RunAs& as, int output) {
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error("no process for " + command.front());
  if (pid == 0) become(command, as, output);
  return pid;
}

/// "S 41 …", of "42 (name) S 41 …": the state, and the parent. "" when it has gone.
std::string state_of(const std::filesystem::path& process) {
  std::ifstream status(process / "stat");
  std::string text;
  std::getline(status, text);
  const std::size_t name_ends = text.rfind(')');
  return name_ends == std::string::npos ? "" : text.substr(name_ends + 2);
}

pid_t parent_of(const std::filesystem::path& process) {
  const std::string state = state_of(process);
  return state.empty() ? 0 : std::atoi(state.c_str() + 2);
}

/// All its threads stand still, some time after it was told to.
bool stands_still(pid_t pid) {
  std::error_code gone;
  const std::filesystem::path threads = "/proc/" + std::to_string(pid) + "/task";
  for (const auto& thread : std::filesystem::directory_iterator(threads, gone)) {
    const std::string state = state_of(thread.path());
    if (!state.empty() && state[0] != 'T' && state[0] != 'Z') return false;
  }
  return true;
}

/// `pid` and all that it has started, and these, and so on.
std::vector<pid_t> family_of(pid_t pid) {
  std::vector<std::pair<pid_t, pid_t>> parents;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename();
    if (name.find_first_not_of("0123456789") != std::string::npos) continue;
    parents.emplace_back(std::atoi(name.c_str()), parent_of(entry.path()));
  }
  std::vector<pid_t> family{pid};
  for (std::size_t i = 0; i < family.size(); ++i) {
    for (const auto& [child, parent] : parents) {
      if (parent == family[i]) family.push_back(child);
    }
  }
  return family;
}

void signal_all(pid_t pid, int signal) {
  for (const pid_t each : family_of(pid)) ::kill(each, signal);
}

/// A start of a server is no test, and may take long on a machine that is busy.
[[maybe_unused]] const int patience = ::setenv("LOOPWRIGHT_WATCHDOG", "60", 0);

}  // namespace

int free_port() {
  const Socket socket;
  return bind_to_any(socket.fd);
}

Silence::Silence() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  port_ = bind_to_any(fd_);
  if (::listen(fd_, 16) != 0) throw std::runtime_error("listen");
}

Silence::~Silence() { ::close(fd_); }

bool answers(int port) {
  const Socket socket;
  const sockaddr_in address = local(port);
  return ::connect(socket.fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

Folder::Folder(std::string name, const std::string& user) : path(temporary(name)) {
  std::filesystem::remove_all(path);
  std::filesystem::create_directories(path);
  const passwd* const owner = user.empty() ? nullptr : ::getpwnam(user.c_str());
  if (::getuid() != 0 || owner == nullptr) return;
  if (::chown(path.c_str(), owner->pw_uid, owner->pw_gid) != 0) {
    throw std::runtime_error("chown: " + path.string());
  }
}

Folder::~Folder() {
  std::error_code ignored;
  std::filesystem::remove_all(path, ignored);
}

bool can_run_as(const std::string& user) {
  return ::getuid() != 0 || ::getpwnam(user.c_str()) != nullptr;
}

void run_program(const std::vector<std::string>& command, const RunAs& as) {
  const std::filesystem::path log = temporary("program.log");
  const int output = ::open(log.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  const pid_t pid = start_program(command, as, output);
  int status = 0;
  while (::waitpid(pid, &status, 0) == -1 && errno == EINTR) {
  }
  ::close(output);
  std::ifstream said(log);
  const std::string text((std::istreambuf_iterator<char>(said)), std::istreambuf_iterator<char>());
  std::filesystem::remove(log);
  if (status != 0) throw std::runtime_error(command.front() + " fails: " + text);
}

Server::Server(Command command, std::function<bool()> is_ready, const RunAs& as)
    : command_(std::move(command)), is_ready_(std::move(is_ready)), as_(as) {
  start();
}

void Server::start() {
  const int nowhere = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  pid_ = start_program(command_, as_, std::getenv("LOOPWRIGHT_SERVERS_TALK") ? -1 : nowhere);
  ::close(nowhere);
  const auto limit = std::chrono::steady_clock::now() + start_limit;
  while (!is_ready_()) {
    if (::waitpid(pid_, nullptr, WNOHANG) == pid_) {
      pid_ = 0;
      throw std::runtime_error(command_.front() + " has ended instead of serving");
    }
    if (std::chrono::steady_clock::now() > limit) {
      kill();
      throw std::runtime_error(command_.front() + " does not answer");
    }
    std::this_thread::sleep_for(20ms);
  }
}

void Server::kill() {
  if (pid_ == 0) return;
  signal_all(pid_, SIGKILL);
  while (::waitpid(pid_, nullptr, 0) == -1 && errno == EINTR) {
  }
  pid_ = 0;
}

void Server::stop() const {
  signal_all(pid_, SIGSTOP);
  for (const pid_t each : family_of(pid_)) {
    while (!stands_still(each)) std::this_thread::sleep_for(1ms);
  }
}

void Server::go_on() const { signal_all(pid_, SIGCONT); }

}  // namespace tests
