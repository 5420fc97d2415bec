#pragma once
// Servers of other people, for tests: started in a folder of their own, on a port of their own of
// this machine alone, and ended with the test, however that ends.

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

#include <sys/types.h>

namespace tests {

/// A port of 127.0.0.1 that nobody used a moment ago.
int free_port();
/// Does anybody listen at it?
bool answers(int port);

/// Somebody who listens, lets others connect, and says nothing.
class Silence {
 public:
  Silence();
  Silence(const Silence&) = delete;
  Silence& operator=(const Silence&) = delete;
  ~Silence();
  int port() const { return port_; }

 private:
  int fd_, port_;
};

/// A folder that goes with the test; `user` owns it, if we may give it away.
class Folder {
 public:
  explicit Folder(std::string name, const std::string& user = "");
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder();
  const std::filesystem::path path;
};

/// Who a program runs as when we are root, and what else its environment has ("NAME=value").
struct RunAs {
  RunAs() {}
  std::string user;
  std::vector<std::string> environment;
};

/// Is there this user for a program that refuses root, if we are root?
bool can_run_as(const std::string& user);

/// Runs a program to its end. Throws std::runtime_error, with what it printed, unless it exits with
/// 0.
void run_program(const std::vector<std::string>& command, const RunAs& as = RunAs());

/// A program that serves until it is killed: it dies with us, whatever happens.
class Server {
 public:
  using Command = std::vector<std::string>;
  /// `is_ready` is asked until it says so. Throws std::runtime_error when the program ends before
  /// that, or it takes too long.
  Server(Command command, std::function<bool()> is_ready, const RunAs& as = RunAs());
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;
  ~Server() { kill(); }

  void start();
  /// At once, without a goodbye to anybody. Idempotent.
  void kill();
  /// It stands still, and answers nobody, until it goes on.
  void stop() const;
  void go_on() const;

 private:
  const Command command_;
  const std::function<bool()> is_ready_;
  const RunAs as_;
  pid_t pid_ = 0;
};

}  // namespace tests
