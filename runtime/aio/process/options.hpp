#pragma once
// How a child process is started: what it reads and writes, where it runs, and who it belongs to.

#include <cstdint>
#include <map>
#include <stdexcept>
#include <string>
#include <vector>

#include <aio/stream.hpp>

namespace aio {

/// What a child has for its standard input, its output or its errors.
class Stdio {
 public:
  enum Kind : std::uint8_t {
    inherit,  // what this process has
    pipe,     // a pipe whose other end is a Stream of the Process
    null,     // /dev/null: nothing to read, and what is written is lost
    merged,   // for errors alone: where the output goes
    given,    // see descriptor()
  };
  Stdio(Kind kind) : kind_(kind) {
    if (kind == given) throw std::invalid_argument("Stdio: say which one, by descriptor()");
  }
  /// A copy of `fd`, which may be closed once the process has started.
  static Stdio descriptor(int fd) {
    if (fd < 0) throw std::invalid_argument("Stdio::descriptor: this is no descriptor");
    Stdio made(inherit);
    made.kind_ = given;
    made.fd_ = fd;
    return made;
  }

  Kind kind() const { return kind_; }
  int fd() const { return fd_; }

 private:
  Kind kind_;
  int fd_ = -1;
};

/// Not an aggregate: some compilers destroy the temporary of one twice inside co_await.
struct ProcessOptions {
  ProcessOptions() {}
  /// Input, output and errors are pipes.
  static ProcessOptions piped() {
    ProcessOptions options;
    options.input = options.output = options.errors = Stdio::pipe;
    return options;
  }

  Stdio input = Stdio::inherit;
  Stdio output = Stdio::inherit;
  Stdio errors = Stdio::inherit;

  /// Variables that are added to ours, or stand in the place of ours.
  std::map<std::string, std::string> environment;
  /// Ours are left out.
  bool clean_environment = false;
  /// Where it runs; empty: where we do. A path of the program with a slash is seen from there.
  std::string directory;
  /// It leads a process group: signal_group() reaches it with all its children that stay in it.
  bool new_group = false;
  /// It leads a session, and so a group, without a terminal.
  bool new_session = false;
  /// Descriptors that become 3, 4, … in the child. It gets no others.
  std::vector<int> more;

  /// Of the pipes.
  StreamOptions streams;

  bool leads_group() const { return new_group || new_session; }
};

}  // namespace aio
