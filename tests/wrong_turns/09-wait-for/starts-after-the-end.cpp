// Name: Starting what has no time
// Says: your survey goes on to start requests when the total time is over
// Caught-by: Use9c_Survey.TheTotalTimeEndsItAndKeepsWhatIsThere

//: use-9c
aio::Coro<> work(Sheet& sheet) {
  while (sheet.next < sheet.requests.size() && aio::current_task().cancelling() == 0) {
    const auto now = aio::running_loop().time();
    const std::size_t mine = sheet.next++;
    const auto deadline = std::min(sheet.each.after(now), sheet.end);
    sheet.answers[mine] = co_await ask(std::move(sheet.requests[mine]), deadline);
  }
}
