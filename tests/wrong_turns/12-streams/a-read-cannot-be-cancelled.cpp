// Name: A read that nobody can stop
// Says: your read goes on waiting when its task is asked to stop
// Caught-by: Step4_Wait.ACancelledReadTakesNothing

//: 12.4
inline bool ReadAwaiter::cancel() { return false; }
