#pragma once
// posix_spawn(): a child without a copy of this process. The kernel stops this thread until the
// child has become its program, or says why it cannot; then nothing is left of it.

#include <cstddef>
#include <stdexcept>
#include <string>
#include <system_error>
#include <vector>

#include <signal.h>
#include <spawn.h>
#include <sys/types.h>

#include <aio/process/child_descriptors.hpp>
#include <aio/process/first_signals.hpp>
#include <aio/process/options.hpp>
#include <aio/process/program.hpp>

namespace aio::detail {

/// Throws std::system_error for an error that is returned, and not in errno.
inline void check_spawn(const char* call, int error) {
  if (error != 0) throw std::system_error(error, std::generic_category(), call);
}

/// What the child does before it becomes its program.
class FileActions {
 public:
  FileActions() { check_spawn("posix_spawn", ::posix_spawn_file_actions_init(&actions_)); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions_); }

  void change_directory(int fd) {
    check_spawn("posix_spawn", ::posix_spawn_file_actions_addfchdir_np(&actions_, fd));
  }
  void take(const ChildDescriptors& descriptors) {
    for (std::size_t number = 0; number < descriptors.count(); ++number) {
      const int source = descriptors.source(number);
      if (source == -1) continue;
      check_spawn("posix_spawn",
                  ::posix_spawn_file_actions_adddup2(&actions_, source, static_cast<int>(number)));
    }
    close_from(static_cast<int>(descriptors.count()));
  }
  const posix_spawn_file_actions_t* get() const { return &actions_; }

 private:
  /// The runtime's own close by themselves (CLOEXEC). Where this call is missing, a library's that
  /// do not are inherited.
  void close_from([[maybe_unused]] int first) {
#if defined(__GLIBC__) && __GLIBC_PREREQ(2, 34)
    check_spawn("posix_spawn", ::posix_spawn_file_actions_addclosefrom_np(&actions_, first));
#endif
  }

  posix_spawn_file_actions_t actions_{};
};

/// What the child is: its signals, its group and its session.
class SpawnAttributes {
 public:
  explicit SpawnAttributes(const ProcessOptions& options) {
    check_spawn("posix_spawn", ::posix_spawnattr_init(&attributes_));
    int flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF;
    if (options.new_session) {
      flags |= POSIX_SPAWN_SETSID;
    } else if (options.new_group) {
      flags |= POSIX_SPAWN_SETPGROUP;  // its own, which is number 0 here
    }
    sigset_t by_default;
    sigemptyset(&by_default);
    if (!first_signals.ignores_pipe) sigaddset(&by_default, SIGPIPE);
    ::posix_spawnattr_setflags(&attributes_, static_cast<short>(flags));
    ::posix_spawnattr_setsigmask(&attributes_, &first_signals.mask);
    ::posix_spawnattr_setsigdefault(&attributes_, &by_default);
  }
  SpawnAttributes(const SpawnAttributes&) = delete;
  SpawnAttributes& operator=(const SpawnAttributes&) = delete;
  ~SpawnAttributes() { ::posix_spawnattr_destroy(&attributes_); }

  const posix_spawnattr_t* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_{};
};

/// Starts a child. Throws std::invalid_argument for what cannot be told to C, std::system_error
/// when there is no such program or directory, or no process to be had.
inline pid_t spawn(const std::vector<std::string>& argv, const ProcessOptions& options,
                   const ChildDescriptors& descriptors) {
  if (argv.empty()) throw std::invalid_argument("create_subprocess: which program?");
  const std::vector<char*> arguments = c_array(argv, "an argument of a process");
  const std::vector<std::string> variables = environment_of(options);
  const std::vector<char*> environment = c_array(variables, "a variable of the environment");
  const UniqueFd directory = descriptors.lift(open_directory(options.directory));
  const std::string file =
      find_program(argv[0], search_path(variables), directory ? directory.get() : AT_FDCWD);
  FileActions actions;
  if (directory) actions.change_directory(directory.get());
  actions.take(descriptors);
  const SpawnAttributes attributes(options);
  pid_t pid = -1;
  const int error = ::posix_spawn(&pid, file.c_str(), actions.get(), attributes.get(),
                                  arguments.data(), environment.data());
  if (error == 0) return pid;
  throw std::system_error(error, std::generic_category(),
                          "create_subprocess: cannot start \"" + file + "\"");
}

}  // namespace aio::detail
