// Name: Any code will do
// Says: your close() does not look whether the code and the reason may be sent: check_close()
// Caught-by: Step7_Close.IsForCodesThatMayBeSent

//: 13.7
inline aio::Coro<> WebSocket::close(std::uint16_t code, std::string reason) {
  frames_.close(code, reason);
  flush();
  const detail::Finally end([this] { channel_.close(); });
  const auto wait = [this] { return wait_for_end(); };
  try {
    co_await aio::timeout(options_.close_limit, wait);
  } catch (const aio::TimeoutError&) {
    channel_.abort();
  } catch (const std::system_error&) {  // the connection is over anyway
  }
}
