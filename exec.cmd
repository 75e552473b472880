@rem For Windows, whose shell has no exec: the scripts in package.json say "exec node ..." so that elsewhere
@rem Ctrl-C, SIGTERM and the exit code pass between npm and the program without a shell in the middle.
@%*
