// Norma
