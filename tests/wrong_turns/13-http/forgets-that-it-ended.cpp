// Name: Forgets that it ended
// Says: your is_clean() does not know that the connection has ended while it was in use
// Caught-by: Step4_Keep.OneThatTheServerHasEndedIsClosed

//: 13.4
inline bool PooledConnection::is_clean() {
  return reusable() && !has_input() && channel().unsent() == 0 && !channel().is_closing();
}
