// Says: keep what is right of both
<<<<<<< yours  // here
int answer() { return 41; }
=======
int answer() { return 42; }
>>>>>>> the starter now
