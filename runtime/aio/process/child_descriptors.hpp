#pragma once
// What a child finds as its descriptors 0, 1, 2 and so on.

#include <array>
#include <cstddef>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include <aio/pipe.hpp>
#include <aio/process/options.hpp>
#include <aio/support/syscall.hpp>

namespace aio::detail {

/// The child's descriptors, as copies that nobody else has. All of them are numbered above those
/// that they become, so that none is overwritten before its turn.
class ChildDescriptors {
 public:
  /// Throws std::system_error for a descriptor that is not open, or when there are too many.
  explicit ChildDescriptors(const ProcessOptions& options)
      : options_(options), first_free_(3 + static_cast<int>(options.more.size())) {
    sources_.resize(static_cast<std::size_t>(first_free_), -1);
    set(0, options.input, input);
    set(1, options.output, output);
    set(2, options.errors, errors);
    for (std::size_t i = 0; i < options.more.size(); ++i) use(3 + i, copy(options.more[i]));
  }

  /// What becomes descriptor `number`; -1: it is inherited.
  int source(std::size_t number) const { return sources_[number]; }
  std::size_t count() const { return sources_.size(); }
  /// A copy that is numbered above all of the child's.
  UniqueFd copy(int fd) const {
    return UniqueFd(check_syscall("fcntl", ::fcntl(fd, F_DUPFD_CLOEXEC, first_free_)));
  }
  /// The same, if it is one and not numbered so already.
  UniqueFd lift(UniqueFd fd) const {
    return fd && fd.get() < first_free_ ? copy(fd.get()) : std::move(fd);
  }

  std::optional<Stream> input, output, errors;  // our ends

 private:
  void set(std::size_t number, const Stdio& chosen, std::optional<Stream>& ours) {
    switch (chosen.kind()) {
      case Stdio::inherit:
        return;
      case Stdio::pipe:
        return use(number, connect(number == 0, ours));
      case Stdio::null:
        return use(number, open_null());
      case Stdio::merged:
        return merge(number);
      case Stdio::given:
        return use(number, copy(chosen.fd()));
    }
  }

  void use(std::size_t number, UniqueFd fd) {
    sources_[number] = fd.get();
    owned_.push_back(std::move(fd));
  }

  UniqueFd open_null() const {
    return lift(UniqueFd(check_syscall("open", ::open("/dev/null", O_RDWR | O_CLOEXEC))));
  }

  /// Makes a pipe; returns the child's end.
  UniqueFd connect(bool child_reads, std::optional<Stream>& ours) {
    std::array<int, 2> ends{};
    check_syscall("pipe2", ::pipe2(ends.data(), O_CLOEXEC));
    UniqueFd reads(ends[0]), writes(ends[1]);
    ours.emplace(open_pipe(lift(std::move(child_reads ? writes : reads)), options_.streams));
    return lift(std::move(child_reads ? reads : writes));
  }

  void merge(std::size_t number) {
    if (number != 2) throw std::invalid_argument("Stdio::merged is for the errors of a process");
    use(number, copy(sources_[1] == -1 ? 1 : sources_[1]));
  }

  const ProcessOptions& options_;
  const int first_free_;
  std::vector<int> sources_;
  std::vector<UniqueFd> owned_;
};

}  // namespace aio::detail
