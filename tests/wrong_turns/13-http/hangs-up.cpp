// Name: Hangs up
// Says: your close() does not wait until the other side has closed, too
// Caught-by: Step7_Close.WaitsForTheOthersClose

//: 13.7
inline aio::Coro<> WebSocket::wait_for_end() { co_return; }
