#pragma once
// What a loop reports while a test looks.
//
//   const tests::Reports reports;
//   …
//   EXPECT_EQ(reports.messages, std::vector<std::string>{"a bad line"});

#include <exception>
#include <string>
#include <system_error>
#include <vector>

#include <aio/event_loop.hpp>
#include <aio/support/errors.hpp>

namespace tests {

/// While it lives, takes the reports of the running loop. When it goes, the loop forgets it: a test
/// that is cancelled half way leaves no handler that refers to its locals.
class Reports {
 public:
  Reports() {
    loop_.set_exception_handler([this](const aio::ExceptionContext& context) { take(context); });
  }
  ~Reports() { loop_.set_exception_handler(nullptr); }
  Reports(const Reports&) = delete;
  Reports& operator=(const Reports&) = delete;

  int count = 0;
  std::vector<std::string> messages;  // of the exceptions
  int code = 0;                       // of the last std::system_error

 private:
  void take(const aio::ExceptionContext& context) {
    ++count;
    messages.push_back(context.exception ? aio::message_of(context.exception) : context.message);
    try {
      if (context.exception) std::rethrow_exception(context.exception);
    } catch (const std::system_error& error) {
      code = error.code().value();
    } catch (...) {
    }
  }

  aio::EventLoop& loop_ = aio::running_loop();
};

}  // namespace tests
