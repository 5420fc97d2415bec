#include "support/report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>
#include <string>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "support/guard.hpp"
#include "support/story.hpp"
#include "support/suspicion.hpp"

namespace tests {
namespace {

constexpr std::string_view todo_mark = "not written yet: ";  // see aio/support/todo.hpp
constexpr int first_leak = 3, last_leak = 1024;
constexpr std::size_t many_leaks = 64;

char current[256] = "";      // "Step2_RunOnce.X"
char current_step[24] = "";  // " (step 4.2)"
int report_fd = -1;

void put(int fd, std::string_view text) {
  while (fd != -1 && !text.empty()) {
    const ssize_t written = write(fd, text.data(), text.size());
    if (written <= 0) return;
    text.remove_prefix(static_cast<std::size_t>(written));
  }
}

/// How many bytes the UTF-8 character at the beginning of `text` has; 0 if there is none.
std::size_t character(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return 1;
  const std::size_t size = first >= 0xf5   ? 0
                           : first >= 0xf0 ? 4
                           : first >= 0xe0 ? 3
                           : first >= 0xc2 ? 2
                                           : 0;
  if (size > text.size()) return 0;
  for (std::size_t i = 1; i < size; ++i) {
    if ((static_cast<unsigned char>(text[i]) & 0xc0) != 0x80) return 0;
  }
  return size;
}

bool is_plain(std::string_view text) {
  const char c = text.front();
  return c != '"' && c != '\\' && static_cast<unsigned char>(c) >= ' ' && character(text) > 0;
}

/// Writes `text` as a JSON string. Allocates nothing. What is no UTF-8, such as the letters of a
/// string that is gone, becomes the character that has its number.
void put_string(int fd, std::string_view text) {
  constexpr char digits[] = "0123456789abcdef";
  put(fd, "\"");
  while (!text.empty()) {
    std::size_t plain = 0;
    while (plain < text.size() && is_plain(text.substr(plain))) {
      plain += character(text.substr(plain));
    }
    put(fd, text.substr(0, plain));
    if (plain < text.size()) {
      const auto c = static_cast<unsigned char>(text[plain++]);
      const char code[] = {'\\', 'u', '0', '0', digits[c >> 4], digits[c & 15]};
      put(fd, {code, sizeof code});
    }
    text.remove_prefix(plain);
  }
  put(fd, "\"");
}

using Fields = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// One line of the report. Safe in a signal handler.
void report(std::string_view event, Fields fields = {}) {
  put(report_fd, "{\"event\":");
  put_string(report_fd, event);
  put(report_fd, ",\"test\":");
  put_string(report_fd, current);
  for (const auto& [name, value] : fields) {
    put(report_fd, ",");
    put_string(report_fd, name);
    put(report_fd, ":");
    put_string(report_fd, value);
  }
  put(report_fd, "}\n");
}

/// Where an exception cut the story off.
std::string after_last_step() {
  const std::string step = last_step();
  return step.empty() ? "" : "\nThe last step of its story: " + step;
}

/// What an exception says that has left the test, and what it comes of, where that is known.
std::string thrown(std::string_view message) {
  std::string text(message);
  text += after_last_step();
  if (message.find("\"deadlock: ") != message.npos) {
    text +=
        "\nLikely cause: they wait for something that nobody will do any more: what was to wake "
        "them has not, or has woken somebody else";
  }
  return text;
}

/// "story.cpp:12: …" for each failure of the test.
std::string failures_of(const testing::TestResult& result) {
  std::string all;
  for (int i = 0; i < result.total_part_count(); ++i) {
    const testing::TestPartResult& part = result.GetTestPartResult(i);
    if (!part.failed()) continue;
    const std::string_view message = part.message();
    const bool left_by_exception = message.starts_with("C++ exception");
    if (left_by_exception && !all.empty()) continue;  // it comes of what has failed before
    if (!all.empty()) all += "\n\n";
    if (part.file_name() != nullptr) {
      const char* slash = std::strrchr(part.file_name(), '/');
      all += slash == nullptr ? part.file_name() : slash + 1;
      all += ":" + std::to_string(part.line_number()) + ": ";
    }
    if (message.starts_with("Unknown C++ exception")) {
      all +=
          "CancelledError, or another exception that is no std::exception, came out of the test.";
      all += after_last_step();
    } else {
      all += left_by_exception ? thrown(message)
                               : message.substr(message.starts_with("Failed\n") ? 7 : 0);
    }
  }
  return all;
}

/// The lesson is the number that the program's name begins with, the step that of the suite's.
void note_running(const testing::TestInfo& info) {
  std::snprintf(current, sizeof current, "%s.%s", info.test_suite_name(), info.name());
  current_step[0] = '\0';
  int step = 0;
  if (const int lesson = std::atoi(program_invocation_short_name);
      lesson > 0 && std::sscanf(current, "Step%d_", &step) == 1) {
    std::snprintf(current_step, sizeof current_step, " (step %d.%d)", lesson, step);
  }
}

std::vector<bool> descriptors() {
  std::vector<bool> open(last_leak);
  for (int fd = 0; fd < last_leak; ++fd) {
    open[static_cast<std::size_t>(fd)] = fcntl(fd, F_GETFD) != -1;
  }
  return open;
}

class Reporter : public testing::EmptyTestEventListener {
 public:
  Reporter() {
    if (const char* path = std::getenv("LEARN_REPORT"); path != nullptr && *path != '\0') {
      report_fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    }
  }

  void OnTestStart(const testing::TestInfo& info) override {
    note_running(info);
    forget_last_step();
    open_before_ = descriptors();
    report("start");
    start_watchdog();
  }

  void OnTestEnd(const testing::TestInfo& info) override {
    stop_watchdog();
    close_leaks();
    const testing::TestResult& result = *info.result();
    if (result.Skipped()) {
      report("skip");
    } else if (result.Passed()) {
      report("pass");
    } else if (const std::string message = failures_of(result); !report_todo(message)) {
      report("fail", {{"message", message}});
    }
    current[0] = '\0';
  }

 private:
  // So that one test that leaks them all does not fail the tests after it. A few may belong to
  // something that lives as long as the process.
  void close_leaks() {
    const std::vector<bool> now = descriptors();
    std::vector<int> leaked;
    for (int fd = first_leak; fd < last_leak; ++fd) {
      const auto i = static_cast<std::size_t>(fd);
      if (now[i] && !open_before_[i]) leaked.push_back(fd);
    }
    if (leaked.size() < many_leaks) return;
    for (const int fd : leaked) close(fd);
    std::printf("%s left %zu descriptors open; closed for the tests that follow\n", current,
                leaked.size());
  }

  std::vector<bool> open_before_;
};

/// A story tells "reported(not written yet: …) runs": where the parenthesis ends that has begun
/// before `text`.
std::size_t end_of_parenthesis(std::string_view text) {
  int open = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '(') ++open;
    if (text[i] == ')' && open-- == 0) return i;
  }
  return text.size();
}

}  // namespace

testing::TestEventListener* make_reporter() { return new Reporter; }

const char* running_test() { return current; }

void report_end(const char* event, const char* message) {
  const char* test = current[0] == '\0' ? "outside of the tests" : current;
  using Parts = std::initializer_list<const char*>;
  for (const char* text : Parts{"\n", event, ": ", test, current_step, "\n", message}) {
    put(STDERR_FILENO, text);
  }
  if (*last_step() != '\0') {
    put(STDERR_FILENO, "\nThe last step of its story: ");
    put(STDERR_FILENO, last_step());
  }
  if (*suspicion() != '\0') {
    put(STDERR_FILENO, "\nLikely cause: ");
    put(STDERR_FILENO, suspicion());
  }
  put(STDERR_FILENO, "\n");
  report(event, {{"message", message}, {"last_step", last_step()}, {"likely_cause", suspicion()}});
}

bool report_todo(std::string_view message) {
  const std::size_t mark = message.find(todo_mark);
  if (mark == std::string_view::npos) return false;
  std::string_view rest = message.substr(mark + todo_mark.size());
  rest = rest.substr(0, rest.find_first_of("\"\n"));
  rest = rest.substr(0, end_of_parenthesis(rest));
  const std::size_t space = std::min(rest.find(' '), rest.size());
  report("todo", {{"step", rest.substr(0, space)},
                  {"message", rest.substr(std::min(space + 1, rest.size()))}});
  return true;
}

}  // namespace tests
