#pragma once
// Echo servers as one would write them without async. Each serves until its listener is shut down.

namespace bench {

/// One client after the other.
void serve_one_at_a_time(int listener);
/// A thread for each client.
void serve_with_threads(int listener);

/// Sends back what can be read now. False: the client has gone. (Its requests are small and it
/// waits for the answers, so they always fit.)
bool echo_once(int client);

}  // namespace bench
