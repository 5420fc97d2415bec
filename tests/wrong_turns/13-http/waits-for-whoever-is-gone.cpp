// Name: Waits for whoever is gone
// Says: your close() waits for the other side's Close without a limit
// Caught-by: Step7_Close.DoesNotWaitForEver

//: 13.7
inline aio::Coro<> WebSocket::close(std::uint16_t code, std::string reason) {
  detail::check_close(code, reason);
  frames_.close(code, reason);
  flush();
  const detail::Finally end([this] { channel_.close(); });
  const auto wait = [this] { return wait_for_end(); };
  try {
    co_await wait();
  } catch (const aio::TimeoutError&) {
    channel_.abort();
  } catch (const std::system_error&) {  // the connection is over anyway
  }
}
